using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Simd.Sequences;

/// <summary>The one place where the CPU's persistent loop chooses what its threads own.</summary>
/// <remarks>
/// Measured on two Zen 3 cores (bench/results/2026-11-21-zen3-2core-peers): with weights of up to half the second-level cache, rows beat units
/// by up to 1.9 times; at 1 MiB of weights, twice the cache, units beat rows by 1.2 to 1.5 times, and with one row by 1.8 times; at
/// 4 MiB, where neither share fits, they are equal.
/// </remarks>
internal static class LoopSplitTable
{
    /// <summary>Picks the split for a loop, with the reason.</summary>
    public static LoopSplit Choose(SequenceLoopRequest request, DeviceProfile profile, int workerCount, out string reason)
    {
        int rows = request.Layout.BatchSize;
        long weightBytes = request.Graph.StepProducts.Sum(product => (long)product.Rows * product.SourceWidth) * sizeof(float);
        long stepWork = (long)(request.Graph.StepProducts.Sum(product => (double)product.Rows * product.SourceWidth / product.Period) * rows);
        long cacheBytes = profile.L2Bytes ?? 512 * 1024;
        if (workerCount == 1)
        {
            reason = "one thread";
            return LoopSplit.Single;
        }

        bool permitsRows = (request.Graph.Splits & StepSplits.Batch) != 0;
        if (permitsRows && rows >= 2 * workerCount && request.Layout.IsFull && (weightBytes <= cacheBytes / 2 || stepWork < MinimumSharedWork))
        {
            reason = $"threads own batch rows: {weightBytes / 1024} KiB of weights fit each core's second-level cache, so threads never meet";
            return LoopSplit.BatchRows;
        }

        if (stepWork < MinimumSharedWork)
        {
            reason = $"one thread: a step has {stepWork} multiply-adds, less than two barriers are worth";
            return LoopSplit.Single;
        }

        reason = $"threads own hidden units: each reads its share of {weightBytes / 1024} KiB of weights and meets the others at a spin barrier";
        return LoopSplit.HiddenUnits;
    }

    // A spin barrier costs 50-100 ns. Measured on two Zen 5 cores with one row of an LSTM (bench/results/2026-11-22-zen5-2core-training/crossover.txt): with 16,384
    // multiply-adds a step one thread takes 0.74 µs in inference and 1.73 µs in training, two that own units 1.03 and 1.74; with 36,864 1.49 and 3.56 beside 0.86 and 2.70.
    private const long MinimumSharedWork = 24_576;
}
