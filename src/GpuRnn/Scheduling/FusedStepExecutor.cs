using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Scheduling;

/// <summary>Runs a cell of one product and one pointwise node with one launch a step, for devices that compute with vectors in one thread.</summary>
/// <remarks>One launch a step and not one for all: groups of an OpenCL launch need not run at the same time, so they cannot wait for each other.</remarks>
public sealed class FusedStepExecutor : ISequenceExecutor
{
    private const int MostStates = 2;
    private const int MostValues = 4;
    private const int MostGates = 4;

    private readonly Device _device;
    private readonly RowOperations _operations;

    /// <summary>Prepares the executor.</summary>
    /// <param name="device">Where the loops will run.</param>
    /// <param name="matrices">What runs the products outside the fused kernel.</param>
    public FusedStepExecutor(Device device, IMatrixExecutor matrices)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(matrices);
        _device = device;
        _operations = new RowOperations(device, matrices);
    }

    /// <inheritdoc/>
    public string Name => "fused-step";

    /// <inheritdoc/>
    public SupportAnswer Supports(SequenceLoopRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Precision != ProductPrecision.Single)
        {
            return SupportAnswer.No($"{request.Precision} was asked for, and its tiles multiply in single precision");
        }

        int lanes = DeviceTiles.Lanes(_device);
        if (lanes == 1)
        {
            return SupportAnswer.No("a thread of the device holds one number, so a tile of vectors would leave it idle");
        }

        StepGraph graph = request.Graph;
        StepNode[] stepNodes = [.. graph.Nodes.Where(node => !node.IsHoisted)];
        if (stepNodes is not [ProductNode product, PointwiseNode node])
        {
            return SupportAnswer.No($"a step is {stepNodes.Length} nodes, and the fused kernel is one product and one pointwise node behind it");
        }

        string? misfit = Misfit(graph, product, node);
        if (misfit is not null)
        {
            return SupportAnswer.No(misfit);
        }

        SupportAnswer answer = _device.Supports(KernelEntry.Read(FusedStepForward.Close(node.Implementation, Tile(request, product))));
        return answer.IsSupported
            ? SupportAnswer.Yes($"one launch a step, tiles of {Tile(request, product)} numbers in registers")
            : SupportAnswer.No($"node \"{node.Name}\": {answer.Reason}");
    }

    /// <inheritdoc/>
    public ISequenceLoop Prepare(SequenceLoopRequest request)
    {
        SupportAnswer answer = Supports(request);
        return answer.IsSupported
            ? new FusedStepLoop(_device, _operations, request, Tile(request, request.Graph.StepProducts.Single()))
            : throw new DeviceException(
                $"FusedStepExecutor.Prepare: the cell \"{request.Graph.Name}\" cannot run here: {answer.Reason}. Choose the stepwise schedule.");
    }

    private TileShape Tile(SequenceLoopRequest request, ProductNode product) =>
        TileTable.Step(DeviceTiles.Lanes(_device), product.BlockCount, request.Layout.BatchSize);

    private static string? Misfit(StepGraph graph, ProductNode product, PointwiseNode node) =>
        !node.Implementation.IsValueType || !typeof(IStepNode).IsAssignableFrom(node.Implementation)
            ? $"node \"{node.Name}\" is implemented by {node.Implementation}, which is no struct that implements IStepNode"
        : product.Source != StepSource.PreviousState(0)
            ? $"product \"{product.Name}\" reads {product.Source}, and the fused kernel reads state 0 at t-1"
        : product.BlockCount > MostGates ? $"product \"{product.Name}\" has {product.BlockCount} blocks, and a tile holds at most {MostGates}"
        : graph.States.Count > MostStates ? $"the cell has {graph.States.Count} states, and the fused kernel keeps at most {MostStates}"
        : graph.Values.Count > MostValues ? $"the cell has {graph.Values.Count} values, and the fused kernel keeps at most {MostValues}"
        : graph.Parameters.Count > 0 ? "the cell has learned vectors, which the fused kernel does not read"
        : HasOneWidth(graph, product, node) ? null
        : "its blocks, states and values differ in width, and the fused kernel gives a thread the same units of all";

    private static bool HasOneWidth(StepGraph graph, ProductNode product, PointwiseNode node)
    {
        int width = node.Width;
        return product.BlockWidth == width && product.SourceWidth == width
            && graph.States.All(state => state.Width == width)
            && graph.Values.All(value => value.Width == width)
            && graph.InputSlotOffsets.Select((offset, slot) => offset == slot * width).All(isRight => isRight)
            && graph.InputWidth == graph.InputSlotOffsets.Count * width;
    }
}
