using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Devices.Cuda;

/// <summary>Keeps memory that was given back, by its rounded size, for devices whose driver has no pools.</summary>
internal sealed unsafe class CudaCachingPool(CudaContext context) : CudaMemorySource
{
    // Sizes that nearly agree share a piece; the driver itself hands out nothing smaller than the first.
    private const long SmallStep = 512;
    private const long LargeStep = 2L << 20;

    private readonly CudaDriver _driver = context.Driver;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Stack<ulong>> _free = [];

    /// <inheritdoc/>
    internal override string Description => "our own: the driver has none for this device";

    /// <inheritdoc/>
    internal override ulong Allocate(long bytes)
    {
        long rounded = Round(bytes);
        lock (_gate)
        {
            if (_free.TryGetValue(rounded, out Stack<ulong>? kept) && kept.TryPop(out ulong address))
            {
                return address;
            }

            int code = _driver.cuMemAlloc_v2(&address, (nuint)rounded);
            if (code == CudaCode.OutOfMemory)
            {
                context.Require(_driver.cuStreamSynchronize(context.DefaultStream), nameof(_driver.cuStreamSynchronize));
                Empty();
                code = _driver.cuMemAlloc_v2(&address, (nuint)rounded);
            }

            context.Require(code, nameof(_driver.cuMemAlloc_v2));
            return address;
        }
    }

    /// <inheritdoc/>
    internal override void Free(ulong address, long bytes)
    {
        lock (_gate)
        {
            long rounded = Round(bytes);
            if (!_free.TryGetValue(rounded, out Stack<ulong>? kept))
            {
                _free[rounded] = kept = new Stack<ulong>();
            }

            kept.Push(address);
        }
    }

    /// <inheritdoc/>
    internal override void Close() => Empty();

    private static long Round(long bytes)
    {
        long step = bytes <= LargeStep / 2 ? SmallStep : LargeStep;
        return Math.Max(1, (bytes + step - 1) / step) * step;
    }

    private void Empty()
    {
        foreach (ulong address in _free.Values.SelectMany(kept => kept))
        {
            context.Note(_driver.cuMemFree_v2(address), nameof(_driver.cuMemFree_v2));
        }

        _free.Clear();
    }
}
