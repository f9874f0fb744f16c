using ILGPU;
using ILGPU.Runtime;

namespace GpuRnn.Devices.Ilgpu;

/// <summary>Closes an accelerator when its device and all buffers are gone; ILGPU frees the buffers of a closed accelerator.</summary>
internal sealed class AcceleratorLease
{
    private readonly Context _context;
    private int _holderCount = 1;

    /// <summary>Takes both over; the caller holds the lease once.</summary>
    internal AcceleratorLease(Context context, Accelerator accelerator)
    {
        _context = context;
        Accelerator = accelerator;
    }

    internal Accelerator Accelerator { get; }

    /// <summary>Holds the lease once more.</summary>
    internal void Hold() => Interlocked.Increment(ref _holderCount);

    /// <summary>Gives up one hold; the last one closes.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _holderCount) == 0)
        {
            Accelerator.Dispose();
            _context.Dispose();
        }
    }
}
