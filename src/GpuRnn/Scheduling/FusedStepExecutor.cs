using System.Collections.Concurrent;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Tiles;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Scheduling.Derivatives;

namespace GpuRnn.Scheduling;

/// <summary>Runs each node of a step in one launch, with the product in front of it, for devices that compute with vectors in one thread.</summary>
/// <remarks>A launch or more a step and not one for all: groups of an OpenCL launch need not run at the same time, so they cannot wait for each other.</remarks>
public sealed class FusedStepExecutor : ISequenceExecutor
{
    private readonly Device _device;
    private readonly RowOperations _operations;
    private readonly ConcurrentDictionary<Type, IReadOnlyCollection<int>> _productsRead = new();

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

        return OneProductStep.Read(request.Graph, "the fused kernel", holdsInputs: false, out OneProductStep? step).IsSupported
            ? SupportsStep(request, step!)
            : SupportsNodes(request, lanes, out _);
    }

    /// <inheritdoc/>
    public ISequenceLoop Prepare(SequenceLoopRequest request)
    {
        SupportAnswer answer = Supports(request);
        if (!answer.IsSupported)
        {
            throw new DeviceException(
                $"FusedStepExecutor.Prepare: the cell \"{request.Graph.Name}\" cannot run here: {answer.Reason}. Choose the stepwise schedule.");
        }

        if (OneProductStep.Read(request.Graph, "the fused kernel", holdsInputs: false, out OneProductStep? step).IsSupported)
        {
            return new FusedStepLoop(_device, _operations, request, Tile(request, step!.Product));
        }

        int lanes = DeviceTiles.Lanes(_device);
        SupportsNodes(request, lanes, out IReadOnlyList<FusedNode>? nodes);
        return new FusedNodeLoop(_device, _operations, request, nodes!, lanes);
    }

    private SupportAnswer SupportsStep(SequenceLoopRequest request, OneProductStep step)
    {
        (ProductNode product, PointwiseNode node) = step;
        SupportAnswer answer = _device.Supports(KernelEntry.Read(FusedStepForward.Close(node.Implementation, Tile(request, product))));
        return answer.IsSupported
            ? SupportAnswer.Yes($"one launch a step, tiles of {Tile(request, product)} numbers in registers")
            : SupportAnswer.No($"node \"{node.Name}\": {answer.Reason}");
    }

    private SupportAnswer SupportsNodes(SequenceLoopRequest request, int lanes, out IReadOnlyList<FusedNode>? nodes)
    {
        nodes = null;
        foreach (PointwiseNode node in request.Graph.Nodes.OfType<PointwiseNode>())
        {
            SupportAnswer implementation = StepwiseSequenceExecutor.SupportsNode(_device, node);
            if (!implementation.IsSupported)
            {
                return implementation;
            }
        }

        SupportAnswer fit = FusedNode.Read(request.Graph, ProductsRead, out IReadOnlyList<FusedNode>? found);
        foreach (FusedNode one in found ?? [])
        {
            Type firstSlot = SlotNumbers.Of(one.FirstSlot);
            TileShape tile = FusedNodeLoop.Tile(one, lanes, request.Layout.BatchSize);
            SupportAnswer answer = _device.Supports(KernelEntry.Read(FusedNodeForward.Close(one.Node.Implementation, tile, firstSlot)));
            if (!answer.IsSupported)
            {
                return SupportAnswer.No($"node \"{one.Node.Name}\": {answer.Reason}");
            }
        }

        nodes = found;
        return found is null ? fit : SupportAnswer.Yes($"one launch for each of the {found.Count} nodes of a step, their products in registers");
    }

    // One run of the node shows what it reads; the answer never changes.
    private IReadOnlyCollection<int> ProductsRead(Type implementation) =>
        _productsRead.GetOrAdd(implementation, node => [.. StepTrace.Of(node).SlotsOf(TermKind.Product)]);

    private TileShape Tile(SequenceLoopRequest request, ProductNode product) =>
        TileTable.Step(DeviceTiles.Lanes(_device), product.BlockCount, request.Layout.BatchSize);
}
