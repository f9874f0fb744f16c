using GpuRnn.Kernels.Cells.Activations;

namespace GpuRnn.Scheduling.Cells;

/// <summary>One place in a cell where a function of ONNX's can be chosen, with its three options.</summary>
internal sealed class FunctionOption
{
    private static readonly (string Name, OnnxActivation Function, float Alpha, float Beta)[] s_functions =
    [
        ("affine", OnnxActivation.Affine, 1.0f, 0.0f),
        ("relu", OnnxActivation.Relu, 0.0f, 0.0f),
        ("leaky-relu", OnnxActivation.LeakyRelu, 0.01f, 0.0f),
        ("thresholded-relu", OnnxActivation.ThresholdedRelu, 1.0f, 0.0f),
        ("tanh", OnnxActivation.Tanh, 1.0f, 1.0f),
        ("scaled-tanh", OnnxActivation.ScaledTanh, 1.0f, 1.0f),
        ("sigmoid", OnnxActivation.Sigmoid, 0.5f, 0.5f),
        ("hard-sigmoid", OnnxActivation.HardSigmoid, 0.2f, 0.5f),
        ("elu", OnnxActivation.Elu, 1.0f, 0.0f),
        ("softsign", OnnxActivation.Softsign, 0.0f, 0.0f),
        ("softplus", OnnxActivation.Softplus, 0.0f, 0.0f),
    ];

    private static readonly HashSet<string> s_withAlpha = ["affine", "leaky-relu", "thresholded-relu", "scaled-tanh", "hard-sigmoid", "elu"];
    private static readonly HashSet<string> s_withBeta = ["affine", "scaled-tanh", "hard-sigmoid"];

    private FunctionOption(string place, string what)
    {
        Place = place;
        Function = CellOption.Choice($"{place}-activation", $"Function of {what} [default: the cell's usual one]", null, [.. s_functions.Select(one => one.Name)]);
        Alpha = CellOption.Number($"{place}-alpha", $"Alpha of --{place}-activation [default: ONNX's of that function]", null, _ => true, "a number");
        Beta = CellOption.Number($"{place}-beta", $"Beta of --{place}-activation [default: ONNX's of that function]", null, _ => true, "a number");
    }

    /// <summary>f: the gates.</summary>
    public static FunctionOption Gate { get; } = new("gate", "the gates");

    /// <summary>g: the candidate for the new state.</summary>
    public static FunctionOption Candidate { get; } = new("candidate", "the candidate for the state");

    /// <summary>h of an LSTM, between cell state and output; f of a cell without gates.</summary>
    public static FunctionOption State { get; } = new("state", "an LSTM's cell state before its output, or of simple units");

    /// <summary>The first word of the options' names.</summary>
    public string Place { get; }

    /// <summary>The function.</summary>
    public CellOption Function { get; }

    /// <summary>Its α.</summary>
    public CellOption Alpha { get; }

    /// <summary>Its β.</summary>
    public CellOption Beta { get; }

    /// <summary>The three options.</summary>
    public IReadOnlyList<CellOption> All => [Function, Alpha, Beta];

    /// <summary>The kind, α and β that a node reads.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="usual">The function where none was asked for.</param>
    public float[] Read(CellOptionValues options, string usual)
    {
        (_, OnnxActivation function, float alpha, float beta) = s_functions.First(one => one.Name == (options.Find(Function.Name) ?? usual));
        return [ChosenActivation.KindOf(function), options.Number(Alpha) ?? alpha, options.Number(Beta) ?? beta];
    }

    /// <summary>What is wrong with an α or β that was given: the function takes none.</summary>
    public (string Option, string Problem, string Remedy)? Refusal(CellOptionValues options, string usual)
    {
        string name = options.Find(Function.Name) ?? usual;
        CellOption? idle = options.Find(Alpha.Name) is not null && !s_withAlpha.Contains(name) ? Alpha
            : options.Find(Beta.Name) is not null && !s_withBeta.Contains(name) ? Beta
            : null;
        return idle is null
            ? null
            : (idle.Name, $"'{options.Find(idle.Name)}' arrived, but {name} has no {(idle == Alpha ? "alpha" : "beta")}", $"Leave it out, or give --{Function.Name} a function that has one");
    }
}
