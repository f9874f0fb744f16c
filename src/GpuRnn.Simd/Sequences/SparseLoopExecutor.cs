using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>The CPU's loop over few weights: it reads what is not zero, and nothing else.</summary>
/// <typeparam name="TLane">The register type.</typeparam>
/// <param name="device">The CPU.</param>
/// <param name="mostShare">Of the weights may be other than zero.</param>
public sealed class SparseLoopExecutor<TLane>(CpuDevice device, double mostShare = SparseLoopExecutor<TLane>.MostShare) : ISparseLoopExecutor
    where TLane : struct, IVectorLane<TLane>
{
    // A weight of its own place costs as much as some ten that lie in order. Measured with 500 units on two Zen 5 cores, dense over sparse: at a tenth of the
    // weights 1.0, 1.6 and 3.9 with 1, 8 and 32 sequences, at a fifth 0.5, 0.8 and 2.5 (bench/results/2026-11-22-zen5-2core-training/reservoir.txt).
    private const double MostShare = 0.1;

    /// <inheritdoc/>
    public string Name => $"sparse-{TLane.Count * 32}";

    /// <inheritdoc/>
    public SupportAnswer Supports(SparseLoopRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        double share = request.Values.Length / ((double)request.Size * (request.Size + request.DriveWidth));
        return share <= mostShare
            ? SupportAnswer.Yes($"{request.Values.Length} of its weights are not zero")
            : SupportAnswer.No($"{100.0 * share:0} % of its weights are not zero, and up to {100.0 * mostShare:0} % pay");
    }

    /// <inheritdoc/>
    public ISparseLoop Prepare(SparseLoopRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new SparseLoop<TLane>(device, request);
    }
}
