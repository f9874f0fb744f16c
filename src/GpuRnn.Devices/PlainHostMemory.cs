using System.Runtime.InteropServices;

namespace GpuRnn.Devices;

/// <summary>Native memory of no special kind, for devices that copy from and to any memory alike.</summary>
internal sealed unsafe class PlainHostMemory : PinnedMemory
{
    private readonly void* _address;

    private PlainHostMemory(Device device, void* address, long sizeInBytes)
        : base(device, sizeInBytes)
    {
        _address = address;
    }

    /// <inheritdoc/>
    public override nint Address => (nint)_address;

    internal static PlainHostMemory Allocate(Device device, long sizeInBytes)
    {
        try
        {
            return new PlainHostMemory(device, NativeMemory.Alloc((nuint)Math.Max(sizeInBytes, 1)), sizeInBytes);
        }
        catch (OutOfMemoryException exception)
        {
            throw new OutOfDeviceMemoryException(
                $"{device.Id}.AllocatePinned: {sizeInBytes} bytes were asked for, but the memory is not there. Use smaller pinned buffers.",
                sizeInBytes,
                exception);
        }
    }

    /// <inheritdoc/>
    protected override void Free() => NativeMemory.Free(_address);
}
