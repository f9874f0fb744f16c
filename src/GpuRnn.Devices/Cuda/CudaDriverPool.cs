using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Devices.Cuda;

/// <summary>A pool of the driver that is this context's own, so that its settings touch nobody else's.</summary>
internal sealed unsafe class CudaDriverPool : CudaMemorySource
{
    private readonly CudaContext _context;
    private readonly CudaDriver _driver;
    private readonly nint _pool;

    internal CudaDriverPool(CudaContext context)
    {
        _context = context;
        _driver = context.Driver;
        CudaPoolProperties properties = new()
        {
            AllocationType = CudaConstants.AllocationPinned,
            LocationType = CudaConstants.LocationDevice,
            LocationId = context.Information.Handle,
        };
        nint pool = 0;
        context.Require(_driver.cuMemPoolCreate(&pool, &properties), nameof(_driver.cuMemPoolCreate));
        _pool = pool;

        // Without this, each wait gives all free memory back to the system.
        ulong all = ulong.MaxValue;
        int code = _driver.cuMemPoolSetAttribute(pool, CudaConstants.PoolReleaseThreshold, &all);
        if (code != CudaCode.Success)
        {
            Close();
            context.Require(code, nameof(_driver.cuMemPoolSetAttribute));
        }
    }

    /// <inheritdoc/>
    internal override string Description => "the driver's";

    /// <inheritdoc/>
    internal override ulong Allocate(long bytes)
    {
        ulong address = 0;
        int code = _driver.cuMemAllocFromPoolAsync(&address, (nuint)Math.Max(bytes, 1), _pool, _context.DefaultStream);
        if (code == CudaCode.OutOfMemory)
        {
            // Free pieces may be too small each; the system can join them.
            _context.Require(_driver.cuStreamSynchronize(_context.DefaultStream), nameof(_driver.cuStreamSynchronize));
            _context.Require(_driver.cuMemPoolTrimTo(_pool, 0), nameof(_driver.cuMemPoolTrimTo));
            code = _driver.cuMemAllocFromPoolAsync(&address, (nuint)Math.Max(bytes, 1), _pool, _context.DefaultStream);
        }

        _context.Require(code, nameof(_driver.cuMemAllocFromPoolAsync));
        return address;
    }

    /// <inheritdoc/>
    internal override void Free(ulong address, long bytes) =>
        _context.Note(_driver.cuMemFreeAsync(address, _context.DefaultStream), nameof(_driver.cuMemFreeAsync));

    /// <inheritdoc/>
    internal override void Close() => _context.Note(_driver.cuMemPoolDestroy(_pool), nameof(_driver.cuMemPoolDestroy));
}
