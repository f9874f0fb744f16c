using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>One time step of a layer in evaluation mode, with all its memory chosen beforehand, so that running it makes no object.</summary>
internal abstract class BoundStep : IDisposable
{
    /// <summary>What the step computes, [1, B, width]: the same memory at every step.</summary>
    public abstract Tensor Output { get; }

    /// <summary>Runs the step on what its input holds.</summary>
    public abstract void Run(DeviceStream stream);

    /// <inheritdoc/>
    public abstract void Dispose();
}
