using ILGPU;
using ILGPU.Runtime;

namespace GpuRnn.Devices.Ilgpu;

/// <summary>A buffer of an accelerator.</summary>
/// <remarks>
/// ILGPU addresses memory by buffer and offset, and on OpenCL there is no address at all. So views of ours count from a
/// made-up address that nothing may read; a launch turns the distance to it into ILGPU's view.
/// </remarks>
internal sealed class IlgpuMemory : DeviceMemory
{
    private const int AlignmentInBytes = 64;

    // A multiple of every alignment that is asked for, and not null, which would mean "no memory".
    private const nint MadeUpAddress = 1 << 16;

    private readonly AcceleratorLease _lease;
    private readonly MemoryBuffer _buffer;
    private readonly long _firstByte;

    private IlgpuMemory(IlgpuDevice device, AcceleratorLease lease, MemoryBuffer buffer, long sizeInBytes)
        : base(device, sizeInBytes)
    {
        _lease = lease;
        _buffer = buffer;
        lease.Hold();

        // Only ILGPU's CPU accelerator hands out less aligned memory than drivers do.
        bool isHostMemory = lease.Accelerator.AcceleratorType == AcceleratorType.CPU;
        _firstByte = isHostMemory ? -(long)buffer.NativePtr & (AlignmentInBytes - 1) : 0;
    }

    /// <inheritdoc/>
    public override nint Address => MadeUpAddress;

    internal Accelerator Accelerator => _lease.Accelerator;

    /// <summary>Allocates zeroed memory; room for an aligned first byte is added.</summary>
    internal static IlgpuMemory Allocate(IlgpuDevice device, AcceleratorLease lease, long sizeInBytes)
    {
        try
        {
            MemoryBuffer buffer = lease.Accelerator.AllocateRaw(checked(sizeInBytes + AlignmentInBytes), 1);
            buffer.MemSet(lease.Accelerator.DefaultStream, 0, 0, buffer.LengthInBytes);
            lease.Accelerator.DefaultStream.Synchronize();
            return new IlgpuMemory(device, lease, buffer, sizeInBytes);
        }
        catch (Exception exception)
        {
            throw IlgpuFailure.Of(
                $"{device.Id}.Allocate",
                $"allocating {sizeInBytes} bytes beside {device.AllocatedBytes} in use",
                exception,
                "Use a smaller batch or model, or dispose buffers.");
        }
    }

    /// <summary>ILGPU's view of the bytes that begin <paramref name="offsetInBytes"/> behind the first.</summary>
    internal ArrayView<byte> Bytes(long offsetInBytes, long lengthInBytes) => _buffer.AsRawArrayView(_firstByte + offsetInBytes, lengthInBytes);

    /// <inheritdoc/>
    protected override void Write(long offsetInBytes, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return;
        }

        // Queues do not wait for each other, so all of them must be done before and the copy after.
        Accelerator.Synchronize();
        Bytes(offsetInBytes, source.Length).CopyFromCPU<byte, ArrayView<byte>>(Accelerator.DefaultStream, source);
        Accelerator.DefaultStream.Synchronize();
    }

    /// <inheritdoc/>
    protected override void Read(long offsetInBytes, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        Accelerator.Synchronize();
        Bytes(offsetInBytes, destination.Length).CopyToCPU<byte, ArrayView<byte>>(Accelerator.DefaultStream, destination);
        Accelerator.DefaultStream.Synchronize();
    }

    /// <inheritdoc/>
    protected override void Clear()
    {
        Accelerator.Synchronize();
        _buffer.MemSet(Accelerator.DefaultStream, 0, 0, _buffer.LengthInBytes);
        Accelerator.DefaultStream.Synchronize();
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        _buffer.Dispose();
        _lease.Release();
    }
}
