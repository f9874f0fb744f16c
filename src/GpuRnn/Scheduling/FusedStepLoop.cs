using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Scheduling;

/// <summary>A time loop of one fused launch a step, over a weight that each pass packs anew.</summary>
internal sealed class FusedStepLoop : ISequenceLoop
{
    // Where the numbers that change from step to step stand among the kernel's arguments.
    private const int FirstRowArgument = 22;

    private readonly StepGraph _graph;
    private readonly ProductNode _product;
    private readonly RowOperations _operations;
    private readonly PanelPacking _packing;
    private readonly TileShape _tile;
    private readonly LoadedKernel _forward;
    private readonly PlanMemory _memory;
    private readonly PlanRegion _panels;
    private readonly LoopInitials _initials;
    private readonly LoopRows _rows;
    private readonly object[] _arguments = new object[FirstRowArgument + 4];
    private readonly StepwiseSequenceLoop? _backward;

    /// <summary>Allocates the loop's scratch and loads its kernels.</summary>
    public FusedStepLoop(Device device, RowOperations operations, SequenceLoopRequest request, TileShape tile)
    {
        _graph = request.Graph;
        _product = _graph.StepProducts.Single();
        _operations = operations;
        _packing = new PanelPacking(device, tile.Lanes);
        _tile = tile;
        PointwiseNode node = _graph.Nodes.OfType<PointwiseNode>().Single();
        _forward = device.Load(FusedStepForward.Close(node.Implementation, tile));
        _memory = new PlanMemory(device);
        int panels = PanelPacking.PanelCount(Width, tile.Lanes);
        _panels = _memory.Reserve(PanelPacking.Length(panels, Width, tile), 1);
        _initials = new LoopInitials(_memory, _graph, request.Layout.BatchSize);
        _memory.Commit();
        _rows = new LoopRows(device, request.Layout, request.IsReverse);
        _backward = request.NeedsGradient ? new StepwiseSequenceLoop(device, operations, request, tile.Lanes, runsForward: false) : null;
        Description =
        [
            $"one launch a step: {panels} tiles of units, each {tile} (rows x gates x units), the weight packed once a pass",
            .. request.NeedsGradient ? _backward!.Description.Select(line => $"backwards {line}") : [],
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Description { get; }

    private int Width => _product.BlockWidth;

    /// <inheritdoc/>
    public void Forward(DeviceStream stream, SequenceForwardArguments arguments)
    {
        int firstRow = _product.FirstRow;
        ArrayView<float> bias = _product.Bias is null ? default : arguments.Biases[0].SubView(firstRow, _product.Rows);
        _packing.PackGates(
            stream, arguments.Weights[0].SubView((long)firstRow * Width, (long)_product.Rows * Width), bias, _panels.View, Width, Width, _tile);
        ArrayView<float>[] initials = _initials.Place(stream, _operations, arguments);
        Bind(arguments, initials);
        int panels = PanelPacking.PanelCount(Width, _tile.Lanes);
        foreach (LoopRows.Step step in _rows.Steps)
        {
            step.Boxed.CopyTo(_arguments, FirstRowArgument);
            int tiles = (step.Count + _tile.Rows - 1) / _tile.Rows;
            _forward.Launch(stream, new KernelConfig(new Index2D(tiles, panels), new Index2D(1, 1)), _arguments);
        }

        for (int state = 0; state < _graph.States.Count; state++)
        {
            _rows.StoreFinal(stream, _operations, arguments.States[state], initials[state].AsRows(Width), arguments.FinalStates[state], Width);
        }
    }

    /// <inheritdoc/>
    public void Backward(DeviceStream stream, SequenceBackwardArguments arguments)
    {
        if (_backward is null)
        {
            throw new InvalidOperationException(
                "FusedStepLoop.Backward: the loop was prepared for inference, but gradients were asked for. Request it with NeedsGradient: true.");
        }

        _backward.Backward(stream, arguments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backward?.Dispose();
        _rows.Dispose();
        _memory.Dispose();
    }

    private void Bind(SequenceForwardArguments arguments, ArrayView<float>[] initials)
    {
        bool keepsValues = _graph.Values.Count > 0 && arguments.Values.Count == _graph.Values.Count && arguments.Values.All(value => !value.IsAbsent);
        RowsView none = new(_panels.View, 0);
        RowsView State(int state) => state < arguments.States.Count ? arguments.States[state] : none;
        ArrayView<float> Vector(int slot) => slot < arguments.Parameters.Count ? arguments.Parameters[slot] : _panels.View;
        RowsView Value(int slot) => keepsValues && slot < arguments.Values.Count ? arguments.Values[slot] : none;
        object[] bound =
        [
            _panels.View, arguments.Inputs.Memory, initials[0], initials[^1], State(0).Memory, State(1).Memory,
            Value(0).Memory, Value(1).Memory, Value(2).Memory, Value(3).Memory,
            Vector(0), Vector(1), Vector(2), Width, arguments.Inputs.RowStride,
            State(0).RowStride, State(1).RowStride, Value(0).RowStride, Value(1).RowStride, Value(2).RowStride, Value(3).RowStride, keepsValues ? 1 : 0,
        ];
        bound.CopyTo(_arguments, 0);
    }
}
