using GpuRnn.Layers;

namespace GpuRnn.Training;

/// <summary>Finds an optimizer by the name that configurations use.</summary>
public static class Optimizers
{
    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "rprop", "adam", "adamw", "nadam", "radam"];

    /// <summary>Makes an optimizer with its usual settings; "momentum" and "nesterov" are SGD with a momentum of 0.9.</summary>
    /// <exception cref="ArgumentException">The name is not one of <see cref="Names"/>.</exception>
    public static Optimizer Create(string name, IReadOnlyList<Parameter> parameters, float learningRate)
    {
        return name switch
        {
            "sgd" => new Sgd(parameters, learningRate),
            "momentum" => new Sgd(parameters, learningRate, momentum: 0.9f),
            "nesterov" => new Sgd(parameters, learningRate, momentum: 0.9f, nesterov: true),
            "adagrad" => new Adagrad(parameters, learningRate),
            "adadelta" => new Adadelta(parameters, learningRate),
            "rmsprop" => new RmsProp(parameters, learningRate),
            "rprop" => new Rprop(parameters, learningRate),
            "adam" => new Adam(parameters, learningRate),
            "adamw" => new AdamW(parameters, learningRate),
            "nadam" => new Nadam(parameters, learningRate),
            "radam" => new RAdam(parameters, learningRate),
            _ => throw new ArgumentException(
                $"Optimizers.Create: the name is '{name}', but must be one of {string.Join(", ", Names)}. Pass one of these.",
                nameof(name)),
        };
    }
}
