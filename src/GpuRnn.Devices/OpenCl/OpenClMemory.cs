using GpuRnn.Devices.OpenCl.Native;

namespace GpuRnn.Devices.OpenCl;

/// <summary>A buffer of an OpenCL context; its address only tells views of it apart.</summary>
internal sealed unsafe class OpenClMemory : DeviceMemory
{
    // A buffer without bytes does not exist in OpenCL.
    private const long SmallestBytes = 64;

    private readonly OpenClDevice _device;

    private OpenClMemory(OpenClDevice device, nint buffer, nint address, long sizeInBytes)
        : base(device, sizeInBytes)
    {
        _device = device;
        Buffer = buffer;
        Address = address;
    }

    /// <inheritdoc/>
    public override nint Address { get; }

    /// <summary>The driver's handle.</summary>
    internal nint Buffer { get; }

    internal bool IsOf(OpenClDevice device) => ReferenceEquals(_device, device);

    internal static OpenClMemory Allocate(OpenClDevice device, nint address, long sizeInBytes)
    {
        nuint bytes = (nuint)Math.Max(sizeInBytes, SmallestBytes);
        int code;
        nint buffer = OpenClLibrary.clCreateBuffer(device.Context, OpenClConstants.ReadWriteMemory, bytes, null, &code);
        RequireMemory(device, code, "clCreateBuffer", sizeInBytes);
        try
        {
            // Drivers reserve memory late, so the zeros are what finds out whether it is there.
            Fill(device, buffer, bytes);
        }
        catch
        {
            _ = OpenClLibrary.clReleaseMemObject(buffer);
            throw;
        }

        return new OpenClMemory(device, buffer, address, sizeInBytes);
    }

    /// <inheritdoc/>
    protected internal override void Write(long offsetInBytes, ReadOnlySpan<byte> source)
    {
        fixed (byte* first = source)
        {
            Write(_device.Queue, true, offsetInBytes, first, source.Length);
        }
    }

    /// <inheritdoc/>
    protected internal override void Read(long offsetInBytes, Span<byte> destination)
    {
        fixed (byte* first = destination)
        {
            Read(_device.Queue, true, offsetInBytes, first, destination.Length);
        }
    }

    /// <inheritdoc/>
    protected internal override void Write(DeviceStream stream, long offsetInBytes, PinnedMemory source, int sizeInBytes) =>
        Write(((OpenClStream)stream).Queue, false, offsetInBytes, (void*)source.Address, sizeInBytes);

    /// <inheritdoc/>
    protected internal override void Read(DeviceStream stream, long offsetInBytes, PinnedMemory destination, int sizeInBytes) =>
        Read(((OpenClStream)stream).Queue, false, offsetInBytes, (void*)destination.Address, sizeInBytes);

    /// <inheritdoc/>
    protected internal override void Clear()
    {
        _device.RequireUsable();
        if (SizeInBytes > 0)
        {
            Fill(_device, Buffer, (nuint)SizeInBytes);
        }
    }

    /// <inheritdoc/>
    protected override void Free() => _ = OpenClLibrary.clReleaseMemObject(Buffer);

    // The driver refuses copies of nothing.
    private void Write(nint queue, bool waits, long offsetInBytes, void* source, int sizeInBytes)
    {
        if (sizeInBytes > 0)
        {
            int code = OpenClLibrary.clEnqueueWriteBuffer(
                queue, Buffer, waits ? 1u : 0u, (nuint)offsetInBytes, (nuint)sizeInBytes, source, 0, null, null);
            _device.Require(code, nameof(OpenClLibrary.clEnqueueWriteBuffer));
        }
    }

    private void Read(nint queue, bool waits, long offsetInBytes, void* destination, int sizeInBytes)
    {
        if (sizeInBytes > 0)
        {
            int code = OpenClLibrary.clEnqueueReadBuffer(
                queue, Buffer, waits ? 1u : 0u, (nuint)offsetInBytes, (nuint)sizeInBytes, destination, 0, null, null);
            _device.Require(code, nameof(OpenClLibrary.clEnqueueReadBuffer));
        }
    }

    // A byte pattern fills every size; the queue is in order, so later work of the device sees the zeros.
    private static void Fill(OpenClDevice device, nint buffer, nuint bytes)
    {
        byte zero = 0;
        int code = OpenClLibrary.clEnqueueFillBuffer(device.Queue, buffer, &zero, 1, 0, bytes, 0, null, null);
        RequireMemory(device, code, nameof(OpenClLibrary.clEnqueueFillBuffer), (long)bytes);
    }

    private static void RequireMemory(OpenClDevice device, int code, string call, long sizeInBytes)
    {
        if (code is OpenClCode.AllocationFailure or OpenClCode.OutOfResources or OpenClCode.OutOfHostMemory or OpenClCode.InvalidBufferSize)
        {
            throw new OutOfDeviceMemoryException(
                $"{device.Id}.Allocate: {sizeInBytes} bytes were asked for beside {device.AllocatedBytes} in use, but {call} gave "
                + $"{OpenClCode.NameOf(code)}. Use a smaller batch or model, or dispose buffers.",
                sizeInBytes);
        }

        device.Require(code, call);
    }
}
