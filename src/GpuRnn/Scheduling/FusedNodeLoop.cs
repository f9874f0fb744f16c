using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Tiles;
using GpuRnn.Scheduling.Cells.Amendments;

namespace GpuRnn.Scheduling;

/// <summary>A time loop of one fused launch for each node of a step, over weights that each pass packs anew.</summary>
internal sealed class FusedNodeLoop : ISequenceLoop
{
    // Where things stand among the kernel's arguments.
    private const int StateArgument = 8;
    private const int SourceRowArgument = 18;
    private const int StepArgument = 20;
    private const int ArgumentCount = 25;
    private const int StateViews = 3;

    private readonly StepGraph _graph;
    private readonly SequenceLayout _layout;
    private readonly RowOperations _operations;
    private readonly PanelPacking _packing;
    private readonly StepwiseMemory _memory;
    private readonly StepwiseProducts _products;
    private readonly PlanMemory _own;
    private readonly LoopInitials _initials;
    private readonly LoopRows _rows;
    private readonly int[] _productOffsets;
    private readonly Launch[] _launches;
    private readonly StepwiseSequenceLoop? _backward;
    private int[] _strides = [];

    /// <summary>Allocates the loop's scratch and loads its kernels.</summary>
    public FusedNodeLoop(Device device, RowOperations operations, SequenceLoopRequest request, IReadOnlyList<FusedNode> nodes, int lanes)
    {
        _graph = request.Graph;
        _layout = request.Layout;
        _operations = operations;
        _packing = new PanelPacking(device, lanes);
        _memory = new StepwiseMemory(device, operations, request with { NeedsGradient = false });
        ProductNode[] apart = [.. nodes.SelectMany(node => node.Apart)];
        _products = new StepwiseProducts(operations, request, apart.Contains, runsBackward: false);
        _own = new PlanMemory(device);
        _initials = new LoopInitials(_own, _graph, _layout.BatchSize);
        _launches = [.. nodes.Select(node => new Launch(device, _own, node, Tile(node, lanes, _layout.BatchSize)))];
        _own.Commit();
        _rows = new LoopRows(device, _layout, request.IsReverse);
        _productOffsets = [.. _graph.ProductSlotOffsets];
        _backward = request.NeedsGradient ? new StepwiseSequenceLoop(device, operations, request, lanes, runsForward: false) : null;
        string separate = apart.Length == 0 ? string.Empty : $", and {apart.Length} for products that share a node with others";
        Description =
        [
            $"{nodes.Count} launches a step, one for each node with its product in registers{separate}; the weights packed once a pass",
            .. request.NeedsGradient ? _backward!.Description.Select(line => $"backwards {line}") : [],
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Description { get; }

    /// <summary>The tile of a node: blocks are those of its product.</summary>
    public static TileShape Tile(FusedNode node, int lanes, int rows) => TileTable.Step(lanes, node.Product?.BlockCount ?? 1, rows);

    /// <inheritdoc/>
    public void Forward(DeviceStream stream, SequenceForwardArguments arguments)
    {
        ArrayView<float>[] initials = _initials.Place(stream, _operations, arguments);
        _memory.LoadParameters(stream, _operations, arguments);
        Bind(arguments, initials);
        _products.LoadForward(stream, arguments);
        foreach (Launch launch in _launches.Where(launch => launch.Node.Product is not null))
        {
            Pack(stream, arguments, launch);
        }

        foreach (LoopRows.Step step in _rows.Steps)
        {
            _memory.Begin(step);
            if (_graph.HasPeriods)
            {
                KeepWaiting(stream, arguments, initials, step);
            }

            foreach (Launch launch in _launches)
            {
                if (launch.Node.Node.RunsAt(step.Number))
                {
                    MultiplyApart(stream, arguments, initials, launch, step);
                    Run(stream, launch, step);
                }
            }
        }

        for (int state = 0; state < _graph.States.Count; state++)
        {
            int width = _graph.States[state].Width;
            _rows.StoreFinal(stream, _operations, arguments.States[state], initials[state].AsRows(width), arguments.FinalStates[state], width);
        }
    }

    /// <inheritdoc/>
    public void Backward(DeviceStream stream, SequenceBackwardArguments arguments)
    {
        if (_backward is null)
        {
            throw new InvalidOperationException(
                "FusedNodeLoop.Backward: the loop was prepared for inference, but gradients were asked for. Request it with NeedsGradient: true.");
        }

        _backward.Backward(stream, arguments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backward?.Dispose();
        _rows.Dispose();
        foreach (Launch launch in _launches)
        {
            launch.Table?.Dispose();
        }

        _own.Dispose();
        _products.Dispose();
        _memory.Dispose();
    }

    private void Pack(DeviceStream stream, SequenceForwardArguments arguments, Launch launch)
    {
        ProductNode product = launch.Node.Product!;
        int number = _graph.StepProducts.TakeWhile(one => one != product).Count();
        ArrayView<float> bias = product.Bias is null ? default : arguments.Biases[number].SubView(product.FirstRow, product.Rows);
        ArrayView<float> weight = arguments.Weights[number].SubView((long)product.FirstRow * product.SourceWidth, (long)product.Rows * product.SourceWidth);
        _packing.PackGates(stream, weight, bias, launch.Panels.View, product.BlockWidth, product.SourceWidth, launch.Tile);
    }

    // The units of nodes that wait keep what they held, before anything of the step reads them.
    private void KeepWaiting(DeviceStream stream, SequenceForwardArguments arguments, ArrayView<float>[] initials, LoopRows.Step step)
    {
        foreach (PointwiseNode node in _launches.Select(launch => launch.Node.Node).Where(node => !node.RunsAt(step.Number)))
        {
            foreach (int state in node.WrittenStates)
            {
                RowsView units = arguments.States[state].FromColumn(node.FirstUnit);
                RowsView target = units.FromRow(step.FirstRow);
                _operations.Copy(stream, units.FromRow(step.PreviousRow), target, step.Carried, node.Width);
                if (step.Carried < step.Count)
                {
                    RowsView initial = initials[state].AsRows(_graph.States[state].Width).FromColumn(node.FirstUnit);
                    _operations.Copy(stream, initial.FromRow(step.Carried), target.FromRow(step.Carried), step.Count - step.Carried, node.Width);
                }
            }
        }
    }

    private void MultiplyApart(
        DeviceStream stream, SequenceForwardArguments arguments, ArrayView<float>[] initials, Launch launch, LoopRows.Step step)
    {
        foreach (ProductNode product in launch.Node.Apart)
        {
            RowsView target = _memory.Products.Rows.FromColumn(_productOffsets[product.FirstSlot]);
            if (product.Source.Kind != StepSourceKind.PreviousState)
            {
                RowsView source = product.Source.Kind == StepSourceKind.Value
                    ? _memory.Value(product.Source.Index)
                    : arguments.States[product.Source.Index].FromRow(step.FirstRow);
                _products.RunForward(stream, arguments, product, source, target, step.Count);
                continue;
            }

            int state = product.Source.Index;
            if (step.Carried > 0)
            {
                _products.RunForward(stream, arguments, product, arguments.States[state].FromRow(step.PreviousRow), target, step.Carried);
            }

            if (step.Carried < step.Count)
            {
                RowsView initial = initials[state].AsRows(_graph.States[state].Width).FromRow(step.Carried);
                _products.RunForward(stream, arguments, product, initial, target.FromRow(step.Carried), step.Count - step.Carried);
            }
        }
    }

    private void Run(DeviceStream stream, Launch launch, LoopRows.Step step)
    {
        object[] arguments = launch.Arguments;
        bool readsPast = launch.Node.Product is { Source.Kind: StepSourceKind.PreviousState };
        bool readsValue = launch.Node.Product is { Source.Kind: StepSourceKind.Value };
        object valueRow = _memory.AllValues is null ? 0 : step.Boxed[0];
        arguments[SourceRowArgument] = readsPast ? step.Boxed[2] : readsValue ? valueRow : step.Boxed[0];
        arguments[SourceRowArgument + 1] = readsPast ? step.Boxed[3] : step.Boxed[1];
        step.Boxed.CopyTo(arguments, StepArgument);
        arguments[ArgumentCount - 1] = valueRow;
        int tiles = (step.Count + launch.Tile.Rows - 1) / launch.Tile.Rows;
        int panels = PanelPacking.PanelCount(launch.Node.Node.Width, launch.Tile.Lanes);
        launch.Kernel.Launch(stream, new KernelConfig(new Index2D(tiles, panels), new Index2D(1, 1)), arguments);
    }

    private void Bind(SequenceForwardArguments arguments, ArrayView<float>[] initials)
    {
        int[] strides = [.. arguments.States.Select(state => state.RowStride)];
        bool isMoved = _memory.Bind(arguments);
        bool isNew = isMoved || !strides.AsSpan().SequenceEqual(_strides);
        _strides = strides;
        foreach (Launch launch in _launches)
        {
            if (isNew)
            {
                launch.Place(Table(arguments, launch.Node.Node));
            }

            Bind(arguments, initials, launch);
        }
    }

    private int[] Table(SequenceForwardArguments arguments, PointwiseNode node)
    {
        StepSlot[] states = [.. arguments.States.Select(state => new StepSlot(node.FirstUnit, state.RowStride))];
        StepSlot[] initial = [.. _graph.States.Select(state => new StepSlot(node.FirstUnit, state.Width))];
        return StepTables.Build(_graph, _memory, node, states, initial, isBackward: false);
    }

    private void Bind(SequenceForwardArguments arguments, ArrayView<float>[] initials, Launch launch)
    {
        ArrayView<float> none = launch.Panels.View;
        (RowsView source, RowsView first) = Source(arguments, initials, launch.Node.Product);
        object[] bound = launch.Arguments;
        bound[0] = launch.Panels.View;
        bound[1] = source.Memory.OrElse(none);
        bound[2] = first.Memory.OrElse(none);
        bound[3] = arguments.Inputs.Memory.OrElse(none);
        bound[4] = _memory.Products.View.OrElse(none);
        for (int state = 0; state < StateViews; state++)
        {
            bound[StateArgument - StateViews + state] = state < initials.Length ? initials[state] : none;
            bound[StateArgument + state] = state < initials.Length ? arguments.States[state].Memory : none;
        }

        bound[11] = (_memory.AllValues?.View ?? _memory.Values.View).OrElse(none);
        bound[12] = _memory.Parameters.View.OrElse(none);
        bound[13] = launch.Table!.View;
        bound[14] = launch.Node.Node.Width;
        bound[15] = launch.Node.Product?.SourceWidth ?? 0;
        bound[16] = source.RowStride;
        bound[17] = first.RowStride;
    }

    private (RowsView Source, RowsView Initial) Source(SequenceForwardArguments arguments, ArrayView<float>[] initials, ProductNode? product)
    {
        if (product is null)
        {
            return default;
        }

        int number = product.Source.Index;
        int unit = product.FirstSourceUnit;
        return product.Source.Kind switch
        {
            StepSourceKind.PreviousState =>
                (arguments.States[number].FromColumn(unit), initials[number].AsRows(_graph.States[number].Width).FromColumn(unit)),
            StepSourceKind.CurrentState => (arguments.States[number].FromColumn(unit), default),
            _ => ((_memory.AllValues is null ? _memory.Value(number) : arguments.Values[number]).FromColumn(unit), default),
        };
    }

    /// <summary>What one node needs.</summary>
    private sealed class Launch(Device device, PlanMemory memory, FusedNode node, TileShape tile)
    {
        public FusedNode Node => node;

        public TileShape Tile => tile;

        public LoadedKernel Kernel { get; } = device.Load(FusedNodeForward.Close(node.Node.Implementation, tile, SlotNumbers.Of(node.FirstSlot)));

        // Without a product there is its first row alone, and that is zeros.
        public PlanRegion Panels { get; } = memory.Reserve(
            PanelPacking.Length(PanelPacking.PanelCount(node.Node.Width, tile.Lanes), node.Product?.SourceWidth ?? 0, tile), 1);

        public object[] Arguments { get; } = new object[ArgumentCount];

        public DeviceBuffer<int>? Table { get; private set; }

        public void Place(int[] table)
        {
            Table ??= device.Allocate<int>(table.Length);
            Table.CopyFrom(table);
        }
    }
}
