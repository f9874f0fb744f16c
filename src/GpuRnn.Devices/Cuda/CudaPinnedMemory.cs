using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Devices.Cuda;

/// <summary>Host memory whose pages the driver keeps in place.</summary>
internal sealed unsafe class CudaPinnedMemory : PinnedMemory
{
    private readonly CudaContext _context;

    private CudaPinnedMemory(CudaDevice device, void* address, long sizeInBytes)
        : base(device, sizeInBytes)
    {
        _context = device.Context;
        Address = (nint)address;
        _context.AddReference();
    }

    /// <inheritdoc/>
    public override nint Address { get; }

    internal static CudaPinnedMemory Allocate(CudaDevice device, long sizeInBytes)
    {
        CudaContext context = device.Context;
        CudaDriver driver = context.Driver;
        context.RequireNoCapture("AllocatePinned");
        context.Enter();
        void* address = null;
        int code = driver.cuMemHostAlloc(&address, (nuint)Math.Max(sizeInBytes, 1), 0);
        if (code == CudaCode.OutOfMemory)
        {
            throw new OutOfDeviceMemoryException(
                $"{device.Id}.AllocatePinned: {sizeInBytes} bytes were asked for, but the host has no memory to pin. Use smaller pinned buffers.", sizeInBytes);
        }

        context.Require(code, nameof(driver.cuMemHostAlloc));
        return new CudaPinnedMemory(device, address, sizeInBytes);
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        if (_context is not null)
        {
            _context.FreePinned(Address);
            _context.Release();
        }
    }
}
