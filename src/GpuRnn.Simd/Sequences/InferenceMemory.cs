using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Gemm;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>What an <see cref="InferencePass{TLane}"/> needs beside the loop's own buffers: packed input weights, and rows that stay in the caches.</summary>
internal sealed unsafe class InferenceMemory : IDisposable
{
    /// <summary>Elements from one worker's <see cref="IsReversed"/> to the next, so that no two share a cache line.</summary>
    public const int FlagStride = 128;

    private readonly List<IDisposable> _owned = [];
    private readonly CpuDevice _device;

    private InferenceMemory(CpuDevice device, SequenceLoopRequest request, LoopPhase phase, LoopProduct[] inputs, InferenceBlocks blocks, int workers)
    {
        _device = device;
        Inputs = inputs;
        Blocks = blocks;
        InputColumns = inputs.Sum(product => product.ForwardShape.Columns);
        int slots = request.Graph.InputSlotOffsets.Count;
        SlotOffsets = new int[slots];
        Array.Fill(SlotOffsets, -1);
        foreach (LoopProduct product in inputs)
        {
            if (request.Precision == ProductPrecision.BFloat16)
            {
                product.RoundedPanels = (uint*)Floats(product.RoundedLength);
            }
            else
            {
                product.ForwardPanels = Floats(product.ForwardLength);
            }

            product.BiasPanels = Floats(product.BiasLength);
            for (int block = 0; block < product.Node.BlockCount; block++)
            {
                SlotOffsets[product.Node.FirstSlot + block] = product.ScratchOffset + (block * product.UnitBlock);
            }
        }

        IsReversed = new bool[workers * FlagStride];
        InputRows = new nint[workers];
        ProductRows = new nint[workers];
        ValueRows = new nint[workers];
        for (int worker = 0; worker < workers; worker++)
        {
            // The first worker may run alone for a while: all panels are its own then.
            int panels = blocks.Steps > 0 && worker == 0 ? phase.PanelCount : blocks.PanelCapacity;
            InputRows[worker] = (nint)Floats((long)blocks.RowCapacity * panels * InputColumns);
            ProductRows[worker] = (nint)Floats((long)InferenceBlocks.FewRows * phase.PanelCount * phase.ScratchWidth);
            ValueRows[worker] = (nint)Floats((long)request.Graph.Values.Count * phase.UnitBlock);
        }

        IReadOnlyList<StepState> states = request.Graph.States;
        IsKept = [.. states.Select((_, state) => request.KeptStates?[state] ?? true)];
        Turns = new RowPointer[2][];
        for (int turn = 0; turn < 2; turn++)
        {
            // The gap keeps the rows of one unit out of the same cache set.
            Turns[turn] = [.. states.Select((state, number) => IsKept[number]
                ? default
                : new RowPointer(Floats((long)request.Layout.BatchSize * (state.Width + 16)), state.Width + 16))];
        }
    }

    /// <summary>For each worker, whether the last step of its last pass went backwards through its panels.</summary>
    public bool[] IsReversed { get; }

    /// <summary>True where tiles of many rows ask for the panel that comes next while they multiply by the present one.</summary>
    /// <remarks>
    /// Without it the first tile over a panel waits for its weights, and the others find them in the second-level cache. Measured on two Zen 5 cores (1 MiB of it
    /// each), T = 25, B = 32, I = H = 1024: LSTM 45 ms to 40, GRU 29.8 to 25.4; at I = 128, H = 256, whose weights are there anyway, 4 to 6 % slower
    /// (bench/results/2026-11-22-zen5-2core-placement/panels.txt).
    /// </remarks>
    public bool AsksAhead { get; private init; }

    /// <summary>The hoisted products, which this loop runs itself.</summary>
    public LoopProduct[] Inputs { get; }

    /// <summary>How many rows of input products are computed at a time.</summary>
    public InferenceBlocks Blocks { get; }

    /// <summary>Elements of all input products of one panel of units.</summary>
    public int InputColumns { get; }

    /// <summary>For each input slot, where it begins in a row of <see cref="InputColumns"/> elements; −1 for slots of no product.</summary>
    public int[] SlotOffsets { get; }

    /// <summary>Each worker's results of input products, panel after panel: [rows, InputColumns].</summary>
    public nint[] InputRows { get; }

    /// <summary>Each worker's products of a few rows, panel after panel: [<see cref="InferenceBlocks.FewRows"/>, ScratchWidth].</summary>
    public nint[] ProductRows { get; }

    /// <summary>Each worker's values of one register block of one row; nobody reads them behind the node.</summary>
    public nint[] ValueRows { get; }

    /// <summary>For each state, whether its history is asked for.</summary>
    public bool[] IsKept { get; }

    /// <summary>States whose history nobody asks for, at even and at odd steps, [B, width].</summary>
    public RowPointer[][] Turns { get; }

    /// <summary>Whether an <see cref="InferencePass{TLane}"/> can run a loop.</summary>
    /// <remarks>
    /// One node a step that reads products of sequences and of states at t−1 alone, in its own units, at every step: every plain cell, and none
    /// with normalisations, a product in the middle of the step, or periods.
    /// </remarks>
    public static bool Covers(SequenceLoopRequest request)
    {
        StepGraph graph = request.Graph;
        PointwiseNode[] nodes = [.. graph.Nodes.OfType<PointwiseNode>()];
        if (nodes.Length != 1 || nodes[0].IsShifted || nodes[0].Period != 1 || graph.Nodes.Any(node => node is NormalisationNode))
        {
            return false;
        }

        // A state of the layer below lies where this loop writes its own; what reads it must be done before the loop begins.
        int width = nodes[0].Width;
        return graph.StepProducts.All(product => product.Source.Kind == StepSourceKind.PreviousState && product.BlockWidth == width)
            && graph.HoistedProducts.All(product => product.BlockWidth == width && product.Source == StepSource.Input)
            && graph.States.All(state => state.Width == width);
    }

    /// <summary>Allocates the memory of a loop; null where its request is none of those that <see cref="Covers"/> names.</summary>
    /// <remarks>In training also null where one thread runs the loop, for the plan's products use all, and where gradients need the products' results again.</remarks>
    public static InferenceMemory? Create<TLane>(
        CpuDevice device, SequenceLoopRequest request, IReadOnlyList<LoopPhase> phases, LoopSplit split, int workers)
        where TLane : struct, IVectorLane<TLane>
    {
        LoopPhase phase = phases[0];
        ProductNode[] hoisted = [.. request.Graph.HoistedProducts];
        if (!Covers(request) || (request.NeedsGradient && (split == LoopSplit.Single || hoisted.Any(product => IsReadBackward(phase, product)))))
        {
            return null;
        }

        List<LoopProduct> inputs = [];
        int offset = 0;
        foreach (ProductNode product in hoisted)
        {
            inputs.Add(LoopProduct.Create<TLane>(product, inputs.Count, phase.UnitBlock / TLane.Count, offset));
            offset += inputs[^1].ForwardShape.Columns;
        }

        InferenceBlocks blocks = InferenceBlocks.Choose(request.Layout, split, workers, phase.PanelCount, offset);
        long weights = request.Graph.StepProducts.Concat(hoisted).Sum(product => (long)product.Rows * product.SourceWidth) * sizeof(float);
        return new InferenceMemory(device, request, phase, [.. inputs], blocks, workers)
        {
            AsksAhead = phase.Products.Length > 0 && weights / (split == LoopSplit.HiddenUnits ? workers : 1) > (device.Profile.L2Bytes ?? long.MaxValue),
        };
    }

    // A gradient that needs what the forward pass read finds it where the plan's product wrote it.
    private static bool IsReadBackward(LoopPhase phase, ProductNode product) =>
        Enumerable.Range(product.FirstSlot, product.BlockCount).Any(phase.Runner.ReadsInputBackward);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable buffer in _owned)
        {
            buffer.Dispose();
        }

        _owned.Clear();
    }

    private float* Floats(long length)
    {
        DeviceBuffer<float> buffer = _device.Allocate<float>(length + 1);
        _owned.Add(buffer);
        return buffer.View.HostPointer;
    }
}
