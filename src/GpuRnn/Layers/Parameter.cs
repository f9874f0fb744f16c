using GpuRnn.Devices;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>A tensor of a module, usually a learned one, with the gradient that backward passes add to.</summary>
public sealed class Parameter : IDisposable
{
    /// <summary>Joins a value and its gradient under a name.</summary>
    /// <param name="name">As in PyTorch's state_dict, relative to the module that lists it.</param>
    /// <param name="value">Owned by the module that made it, which disposes this parameter.</param>
    /// <param name="gradient">Of the same shape; every backward pass adds to it, nothing else changes it but an optimizer.</param>
    public Parameter(string name, Tensor value, Tensor gradient)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(gradient);
        ShapeCheck.RequireSame(value, gradient, "Parameter");
        Name = name;
        Value = value;
        Gradient = gradient;
        value.AttachGradient(gradient);
    }

    /// <summary>
    /// The name within the module that lists it: "weight_ih_l0" in a recurrent layer, "0.weight_ih_l0" in a Sequential around it.
    /// </summary>
    public string Name { get; }

    /// <summary>The weights; what is copied into them takes effect with the next forward pass.</summary>
    public Tensor Value { get; }

    /// <summary>False for a constant of its module: saved and loaded with it, but changed by no optimizer.</summary>
    public bool IsLearned { get; init; } = true;

    /// <summary>The sum of the gradients of all backward passes since it was last set to zero.</summary>
    public Tensor Gradient { get; }

    /// <summary>Frees value and gradient; called by the module that made it.</summary>
    public void Dispose()
    {
        Value.Dispose();
        Gradient.Dispose();
    }

    /// <summary>Allocates a parameter with the given values and a gradient of zeros.</summary>
    internal static Parameter Create(Devices.Device device, string name, float[] values, params int[] shape)
    {
        return new Parameter(name, Tensor.FromArray(device, values, shape), Tensor.Zeros(device, shape));
    }

    /// <summary>Uniform in ±bound, drawn in row-major order.</summary>
    internal static Parameter CreateUniform(Devices.Device device, string name, RandomSource random, float bound, params int[] shape)
    {
        return Create(device, name, DrawUniform(random, bound, shape), shape);
    }

    /// <summary>The start values that the cell asks for, of which the usual ones are drawn first.</summary>
    internal static Parameter Create(Devices.Device device, string name, RandomSource random, CellParameter parameter)
    {
        int[] shape = [.. parameter.Shape];
        float[] values = DrawUniform(random, 1.0f / MathF.Sqrt(parameter.Fan), shape);
        parameter.Start?.Invoke(values);
        return new Parameter(name, Tensor.FromArray(device, values, shape), Tensor.Zeros(device, shape)) { IsLearned = parameter.IsLearned };
    }

    /// <summary>The same tensors under a longer name, for a module that contains the owner.</summary>
    internal Parameter WithPrefix(string prefix)
    {
        return new Parameter(prefix + Name, Value, Gradient) { IsLearned = IsLearned };
    }

    /// <summary>Each tensor once, under the first of its names: layers may share one.</summary>
    internal static IReadOnlyList<Parameter> Distinct(IReadOnlyList<Parameter> parameters)
    {
        return [.. parameters.DistinctBy(parameter => parameter.Value, (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance)];
    }

    internal void RequireShape(ReadOnlySpan<int> shape, string where)
    {
        if (!shape.SequenceEqual(Value.Shape))
        {
            throw new ShapeException(
                $"{where}: '{Name}' is {Tensor.Describe(shape)} in the file, but {Tensor.Describe(Value.Shape)} in this model. "
                + "Build the model with the sizes it was saved with.");
        }
    }

    private static float[] DrawUniform(RandomSource random, float bound, int[] shape)
    {
        long length = 1;
        foreach (int axis in shape)
        {
            length *= axis;
        }

        float[] values = new float[length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextUniform(-bound, bound);
        }

        return values;
    }
}
