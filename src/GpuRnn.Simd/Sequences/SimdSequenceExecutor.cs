using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>The CPU's persistent plan: one call runs all steps on threads that own batch rows or hidden units.</summary>
/// <typeparam name="TLane">The register type.</typeparam>
public sealed class SimdSequenceExecutor<TLane> : ISequenceExecutor
    where TLane : struct, IVectorLane<TLane>
{
    private readonly CpuDevice _device;
    private readonly LoopSplit? _split;

    /// <summary>Builds the executor; loops run on the device's worker team.</summary>
    /// <param name="device">The CPU.</param>
    /// <param name="split">What threads own, or null to let <see cref="LoopSplitTable"/> choose.</param>
    public SimdSequenceExecutor(CpuDevice device, LoopSplit? split = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _split = split;
    }

    /// <inheritdoc/>
    public string Name => "persistent";

    /// <inheritdoc/>
    public SupportAnswer Supports(SequenceLoopRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (ObstacleToRounding(request) is string obstacle)
        {
            return SupportAnswer.No($"{request.Precision} was asked for, and {obstacle}");
        }

        StepNode? last = null;
        foreach (StepNode node in request.Graph.Nodes)
        {
            if (node is ReductionNode)
            {
                return SupportAnswer.No($"node '{node.Name}' is a reduction, and the fused loop treats rows and units alone");
            }

            if (node is PointwiseNode pointwise
                && (!pointwise.Implementation.IsValueType || !typeof(IStepNode).IsAssignableFrom(pointwise.Implementation)))
            {
                return SupportAnswer.No($"node '{node.Name}' is implemented by {pointwise.Implementation}, which is not a struct that implements IStepNode");
            }

            last = node.IsHoisted ? last : node;
        }

        return last is PointwiseNode
            ? SupportAnswer.Yes($"products and pointwise nodes fuse into one loop over {TLane.Count * 32}-bit registers")
            : SupportAnswer.No("the step ends with a product that no pointwise node reads");
    }

    /// <inheritdoc/>
    public ISequenceLoop Prepare(SequenceLoopRequest request)
    {
        SupportAnswer answer = Supports(request);
        if (!answer.IsSupported)
        {
            throw new DeviceException(
                $"SimdSequenceExecutor.Prepare: cell '{request.Graph.Name}' cannot run here: {answer.Reason}. Choose the stepwise schedule.");
        }

        return new SimdSequenceLoop<TLane>(_device, request, _split);
    }

    private static string? ObstacleToRounding(SequenceLoopRequest request) =>
        request.Precision == ProductPrecision.Single ? null
        : request.Precision != ProductPrecision.BFloat16 ? "the processor's vectors multiply in single precision"
        : request.NeedsGradient ? "the processor rounds weights in inference alone, but this pass keeps what gradients need"
        : request.Layout.BatchSize > InferenceBlocks.FewRows
            ? $"the processor rounds weights for at most {InferenceBlocks.FewRows} rows, whose time is that of reading them, but B={request.Layout.BatchSize}"
        : !InferenceMemory.Covers(request) ? "the processor rounds weights of cells of one node a step without normalisations alone"
        : null;
}
