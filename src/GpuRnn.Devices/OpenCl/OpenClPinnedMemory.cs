using GpuRnn.Devices.OpenCl.Native;

namespace GpuRnn.Devices.OpenCl;

/// <summary>Host memory of the driver, mapped for as long as it lives.</summary>
internal sealed unsafe class OpenClPinnedMemory : PinnedMemory
{
    private readonly OpenClDevice _device;
    private readonly nint _buffer;

    private OpenClPinnedMemory(OpenClDevice device, nint buffer, void* address, long sizeInBytes)
        : base(device, sizeInBytes)
    {
        _device = device;
        _buffer = buffer;
        Address = (nint)address;
    }

    /// <inheritdoc/>
    public override nint Address { get; }

    internal static OpenClPinnedMemory Allocate(OpenClDevice device, long sizeInBytes)
    {
        nuint bytes = (nuint)Math.Max(sizeInBytes, 1);
        int code;
        nint buffer = OpenClLibrary.clCreateBuffer(
            device.Context, OpenClConstants.ReadWriteMemory | OpenClConstants.HostMemory, bytes, null, &code);
        device.Require(code, nameof(OpenClLibrary.clCreateBuffer));
        void* address = OpenClLibrary.clEnqueueMapBuffer(
            device.Queue, buffer, 1, OpenClConstants.MapForReadAndWrite, 0, bytes, 0, null, null, &code);
        if (code != OpenClCode.Success)
        {
            _ = OpenClLibrary.clReleaseMemObject(buffer);
            device.Require(code, nameof(OpenClLibrary.clEnqueueMapBuffer));
        }

        return new OpenClPinnedMemory(device, buffer, address, sizeInBytes);
    }

    // Without the queue of a disposed device the mapping ends with the buffer.
    /// <inheritdoc/>
    protected override void Free()
    {
        _device.Unmap(_buffer, Address);
        _ = OpenClLibrary.clReleaseMemObject(_buffer);
    }
}
