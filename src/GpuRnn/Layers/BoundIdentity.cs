using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>The step of a layer that passes a single step on as it is.</summary>
internal sealed class BoundIdentity(Tensor input) : BoundStep
{
    /// <inheritdoc/>
    public override Tensor Output => input;

    /// <inheritdoc/>
    public override void Run(DeviceStream stream)
    {
        // The output is the input.
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The input is another step's.
    }
}
