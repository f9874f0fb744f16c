using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Devices.Cuda;

/// <summary>Memory of a CUDA device; its address is the device's and means nothing to the host.</summary>
internal sealed unsafe class CudaMemory : DeviceMemory
{
    private readonly CudaDevice _device;
    private readonly CudaContext _context;
    private readonly ulong _address;

    private CudaMemory(CudaDevice device, ulong address, long sizeInBytes)
        : base(device, sizeInBytes)
    {
        _device = device;
        _context = device.Context;
        _address = address;
        _context.AddReference();
    }

    /// <inheritdoc/>
    public override nint Address => (nint)_address;

    internal bool IsOf(CudaDevice device) => ReferenceEquals(_device, device);

    internal static CudaMemory Allocate(CudaDevice device, long sizeInBytes)
    {
        CudaContext context = device.Context;
        context.RequireNoCapture("Allocate");
        context.Enter();
        ulong address;
        try
        {
            address = context.Allocate(sizeInBytes);
        }
        catch (OutOfDeviceMemoryException exception)
        {
            throw new OutOfDeviceMemoryException(
                $"{device.Id}.Allocate: {sizeInBytes} bytes were asked for beside {device.AllocatedBytes} in use, but the memory is not there. "
                + "Use a smaller batch or model, or dispose buffers.",
                sizeInBytes,
                exception);
        }

        try
        {
            Fill(context, address, sizeInBytes);
        }
        catch
        {
            context.Free(address, sizeInBytes);
            throw;
        }

        return new CudaMemory(device, address, sizeInBytes);
    }

    /// <inheritdoc/>
    protected internal override void Write(long offsetInBytes, ReadOnlySpan<byte> source)
    {
        fixed (byte* first = source)
        {
            if (EnterToCopy(source.Length))
            {
                CudaDriver driver = _context.Driver;
                nint stream = _context.DefaultStream;
                int code = driver.cuMemcpyHtoDAsync_v2(_address + (ulong)offsetInBytes, first, (nuint)source.Length, stream);
                _context.Require(code, nameof(driver.cuMemcpyHtoDAsync_v2));
                _context.Require(driver.cuStreamSynchronize(stream), nameof(driver.cuStreamSynchronize));
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void Read(long offsetInBytes, Span<byte> destination)
    {
        fixed (byte* first = destination)
        {
            if (EnterToCopy(destination.Length))
            {
                CudaDriver driver = _context.Driver;
                nint stream = _context.DefaultStream;
                int code = driver.cuMemcpyDtoHAsync_v2(first, _address + (ulong)offsetInBytes, (nuint)destination.Length, stream);
                _context.Require(code, nameof(driver.cuMemcpyDtoHAsync_v2));
                _context.Require(driver.cuStreamSynchronize(stream), nameof(driver.cuStreamSynchronize));
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void Write(DeviceStream stream, long offsetInBytes, PinnedMemory source, int sizeInBytes)
    {
        CudaStream queue = (CudaStream)stream;
        queue.Enter();
        if (sizeInBytes > 0)
        {
            CudaDriver driver = _context.Driver;
            queue.Uses(this);
            queue.Uses(source);
            int code = driver.cuMemcpyHtoDAsync_v2(_address + (ulong)offsetInBytes, (void*)source.Address, (nuint)sizeInBytes, queue.Handle);
            _context.Require(code, nameof(driver.cuMemcpyHtoDAsync_v2));
        }
    }

    /// <inheritdoc/>
    protected internal override void Read(DeviceStream stream, long offsetInBytes, PinnedMemory destination, int sizeInBytes)
    {
        CudaStream queue = (CudaStream)stream;
        queue.Enter();
        if (sizeInBytes > 0)
        {
            CudaDriver driver = _context.Driver;
            queue.Uses(this);
            queue.Uses(destination);
            int code = driver.cuMemcpyDtoHAsync_v2((void*)destination.Address, _address + (ulong)offsetInBytes, (nuint)sizeInBytes, queue.Handle);
            _context.Require(code, nameof(driver.cuMemcpyDtoHAsync_v2));
        }
    }

    /// <inheritdoc/>
    protected internal override void Clear()
    {
        ((CudaStream)_device.DefaultStream).Enter();
        ((CudaStream)_device.DefaultStream).Uses(this);
        Fill(_context, _address, SizeInBytes);
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        // Null when the constructor failed before it was stored; then the memory is its caller's.
        if (_context is not null)
        {
            _context.Free(_address, SizeInBytes);
            _context.Release();
        }
    }

    private static void Fill(CudaContext context, ulong address, long bytes)
    {
        if (bytes > 0)
        {
            CudaDriver driver = context.Driver;
            context.Require(driver.cuMemsetD8Async(address, 0, (nuint)bytes, context.DefaultStream), nameof(driver.cuMemsetD8Async));
            context.FinishForFurtherStreams();
        }
    }

    private bool EnterToCopy(int bytes)
    {
        _device.RequireUsable();
        _context.RequireNoCapture("Copy");
        _context.Enter();
        return bytes > 0;
    }
}
