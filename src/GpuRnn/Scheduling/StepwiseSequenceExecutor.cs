using System.Reflection;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Scheduling;

/// <summary>Runs any cell on any device by launching plain kernels, a few for each node of each step.</summary>
/// <remarks>Right everywhere and fast nowhere: it is registered last, and is what the faster executors are compared with.</remarks>
public sealed class StepwiseSequenceExecutor : ISequenceExecutor
{
    private readonly Device _device;
    private readonly IMatrixExecutor _matrices;
    private readonly RowOperations _operations;
    private readonly int _lanes;

    /// <summary>Loads the kernels that every cell needs.</summary>
    /// <param name="device">Where the loops will run.</param>
    /// <param name="matrices">What runs the products; null for one plain thread an element.</param>
    /// <param name="usesVectors">True where a thread of the device is fastest with vectors of neighbouring units.</param>
    public StepwiseSequenceExecutor(Device device, IMatrixExecutor? matrices = null, bool usesVectors = false)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _lanes = usesVectors ? DeviceTiles.Lanes(device) : 1;
        _matrices = matrices ?? new PlainMatrixExecutor(device);
        _operations = new RowOperations(device, _matrices);
    }

    /// <inheritdoc/>
    public string Name => "stepwise";

    /// <inheritdoc/>
    public bool RecordsGradients => true;

    /// <inheritdoc/>
    public SupportAnswer Supports(SequenceLoopRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        SupportAnswer products = _matrices.Supports(request.Precision);
        if (!products.IsSupported)
        {
            return SupportAnswer.No($"{request.Precision} was asked for, and {products.Reason}");
        }

        StepGraph graph = request.Graph;
        foreach (PointwiseNode node in graph.Nodes.OfType<PointwiseNode>())
        {
            SupportAnswer implementation = SupportsNode(_device, node);
            if (!implementation.IsSupported)
            {
                return implementation;
            }

            SupportAnswer answer = _device.Supports(KernelEntry.Read(BackwardKernel(node, Lanes(graph, _lanes))));
            if (!answer.IsSupported)
            {
                return SupportAnswer.No($"node \"{node.Name}\": {answer.Reason}");
            }
        }

        return SupportAnswer.Yes("launches plain kernels for each node of each step, which every device can");
    }

    /// <inheritdoc/>
    public ISequenceLoop Prepare(SequenceLoopRequest request)
    {
        SupportAnswer answer = Supports(request);
        return answer.IsSupported
            ? new StepwiseSequenceLoop(_device, OperationsOf(request.Precision), request, _lanes)
            : throw new DeviceException(
                $"StepwiseSequenceExecutor.Prepare: the cell \"{request.Graph.Name}\" cannot run here: {answer.Reason}. "
                + "Change the cell's graph.");
    }

    private RowOperations OperationsOf(ProductPrecision precision) =>
        precision == ProductPrecision.Single ? _operations : new RowOperations(_device, _matrices, precision);

    /// <summary>Tells whether a node is one that kernels can hold, and its forward function one that the device can run.</summary>
    internal static SupportAnswer SupportsNode(Device device, PointwiseNode node)
    {
        if (!node.Implementation.IsValueType || !typeof(IStepNode).IsAssignableFrom(node.Implementation))
        {
            return SupportAnswer.No(
                $"node \"{node.Name}\" is implemented by {node.Implementation}, which is no struct that implements IStepNode");
        }

        SupportAnswer answer = device.Supports(KernelEntry.Read(ForwardKernel(node)));
        return answer.IsSupported ? answer : SupportAnswer.No($"node \"{node.Name}\": {answer.Reason}");
    }

    internal static MethodInfo ForwardKernel(PointwiseNode node)
    {
        return typeof(StepNodeForward).GetMethod(nameof(StepNodeForward.Forward))!.MakeGenericMethod(node.Implementation);
    }

    internal static MethodInfo BackwardKernel(PointwiseNode node, int lanes)
    {
        return lanes == 1
            ? typeof(StepNodeBackward).GetMethod(nameof(StepNodeBackward.Backward))!.MakeGenericMethod(node.Implementation)
            : VectorNodeBackward.Close(node.Implementation, lanes);
    }

    /// <summary>A sum over the row has one element for all units, which is no vector of neighbours.</summary>
    internal static int Lanes(StepGraph graph, int lanes)
    {
        return graph.Nodes.OfType<ReductionNode>().Any(node => node.Axis == ReductionAxis.Row) ? 1 : lanes;
    }
}
