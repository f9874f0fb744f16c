using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Training;

/// <summary>A module that only holds the parameters of a stored case: prefix0, prefix1, …</summary>
internal sealed class VectorModule : Module
{
    private readonly List<Parameter> _parameters = [];

    public VectorModule(Device device, VectorCase vector, string prefix)
        : base(device)
    {
        for (int k = 0; vector.Has($"{prefix}{k}"); k++)
        {
            int[] shape = vector.Shape($"{prefix}{k}");
            _parameters.Add(new Parameter(
                $"{prefix}{k}", Tensor.FromArray(device, vector.Singles($"{prefix}{k}"), shape), Tensor.Zeros(device, shape)));
        }
    }

    public VectorModule(Device device, params (float[] Values, int[] Shape)[] parameters)
        : base(device)
    {
        for (int k = 0; k < parameters.Length; k++)
        {
            (float[] values, int[] shape) = parameters[k];
            _parameters.Add(new Parameter($"value{k}", Tensor.FromArray(device, values, shape), Tensor.Zeros(device, shape)));
        }
    }

    public override IReadOnlyList<Parameter> Parameters => _parameters;
}
