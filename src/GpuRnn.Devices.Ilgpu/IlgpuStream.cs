using ILGPU.Runtime;

namespace GpuRnn.Devices.Ilgpu;

/// <summary>A queue of an accelerator.</summary>
internal sealed class IlgpuStream : DeviceStream
{
    internal IlgpuStream(IlgpuDevice device, AcceleratorStream stream)
        : base(device)
    {
        Stream = stream;
    }

    internal AcceleratorStream Stream { get; }

    /// <inheritdoc/>
    public override void Synchronize() => Stream.Synchronize();
}
