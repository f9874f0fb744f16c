using System.Runtime.InteropServices;

namespace GpuRnn.Devices.Cpu;

/// <summary>Zeroed native memory that begins on a multiple of 64 bytes, a cache line and the widest vector.</summary>
internal sealed unsafe class CpuMemory : DeviceMemory
{
    private const int AlignmentInBytes = 64;

    private readonly void* _address;

    internal CpuMemory(Device device, void* address, long sizeInBytes)
        : base(device, sizeInBytes)
    {
        _address = address;
    }

    /// <inheritdoc/>
    public override nint Address => (nint)_address;

    /// <summary>Allocates; the last line is whole, so that a vector that begins inside it stays inside the memory.</summary>
    internal static CpuMemory Allocate(Device device, long sizeInBytes)
    {
        try
        {
            long rounded = checked(sizeInBytes + AlignmentInBytes - 1) / AlignmentInBytes * AlignmentInBytes;
            nuint bytes = (nuint)Math.Max(rounded, AlignmentInBytes);
            void* address = NativeMemory.AlignedAlloc(bytes, AlignmentInBytes);
            NativeMemory.Clear(address, bytes);
            return new CpuMemory(device, address, sizeInBytes);
        }
        catch (Exception exception) when (exception is OutOfMemoryException or OverflowException)
        {
            throw new OutOfDeviceMemoryException(
                $"{device.Id}.Allocate: {sizeInBytes} bytes were asked for beside {device.AllocatedBytes} in use, but the memory is not there. "
                + "Use a smaller batch or model, or dispose buffers.",
                sizeInBytes,
                exception);
        }
    }

    /// <inheritdoc/>
    protected internal override void Write(long offsetInBytes, ReadOnlySpan<byte> source) =>
        source.CopyTo(new Span<byte>((byte*)_address + offsetInBytes, source.Length));

    /// <inheritdoc/>
    protected internal override void Read(long offsetInBytes, Span<byte> destination) =>
        new ReadOnlySpan<byte>((byte*)_address + offsetInBytes, destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    protected internal override void Clear() => NativeMemory.Clear(_address, (nuint)SizeInBytes);

    /// <inheritdoc/>
    protected override void Free() => NativeMemory.AlignedFree(_address);
}
