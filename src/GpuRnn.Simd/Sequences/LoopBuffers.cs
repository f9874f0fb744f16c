using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Simd.Sequences;

/// <summary>All scratch memory of one loop, allocated once: packed weights, gradient rows, zero rows and every worker's tables.</summary>
internal sealed unsafe class LoopBuffers : IDisposable
{
    private const int TileRows = 8;
    private const int WidestPanel = 64;
    private readonly List<IDisposable> _owned = [];
    private readonly CpuDevice _device;

    /// <summary>Allocates the scratch of a loop.</summary>
    public LoopBuffers(CpuDevice device, SequenceLoopRequest request, IReadOnlyList<LoopPhase> phases, int workerCount)
    {
        _device = device;
        StepGraph graph = request.Graph;
        int rows = request.Layout.BatchSize;
        int widest = graph.States.Select(state => state.Width).Concat(graph.Values.Select(value => value.Width)).DefaultIfEmpty(1).Max();
        ZeroRow = Floats(widest + 64);
        foreach (LoopProduct product in phases.SelectMany(phase => phase.Products))
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
            product.BackwardPanels = request.NeedsGradient ? Floats(product.BackwardLength) : null;
        }

        ScratchTiles = new nint[workerCount];
        Frames = new nint[workerCount];
        ParameterSums = new nint[workerCount];
        ParameterOffsets = Offsets(graph.Parameters.Select(parameter => parameter.Width), out int parameterLength);
        ParameterLength = parameterLength;
        int scratchWidth = phases.Select(phase => phase.ScratchWidth).DefaultIfEmpty(0).Max();
        for (int worker = 0; worker < workerCount; worker++)
        {
            ScratchTiles[worker] = (nint)Floats((TileRows * (long)scratchWidth) + 64);
            Frames[worker] = (nint)CreateFrame(graph);
            ParameterSums[worker] = request.NeedsGradient ? (nint)Floats(parameterLength + 64) : 0;
        }

        if (phases.Any(phase => phase.IsStaged))
        {
            // The gap keeps the rows of one unit out of the same cache set.
            int stride = graph.ProductWidth + 16;
            Staged = new RowPointer(Floats((long)rows * stride), stride);
        }

        foreach (LoopNormalisation normalisation in phases.SelectMany(phase => phase.Normalisations))
        {
            int stride = normalisation.Node.Width + 16;
            long factors = normalisation.Node.Axis == ReductionAxis.Row
                ? request.Layout.TotalRows
                : (long)request.Layout.TimeSteps * normalisation.Node.Width;
            normalisation.Factors = Floats(factors);
            normalisation.Normalised = request.NeedsGradient ? new RowPointer(Floats((long)request.Layout.TotalRows * stride), stride) : default;
        }

        ScratchValues = graph.Values.Select(value => new RowPointer(Floats((long)rows * value.Width), value.Width)).ToArray();
        if (request.NeedsGradient)
        {
            bool beginsAnywhere = graph.StepProducts.Any(product => product.FirstSourceUnit != 0);
            StateGradients = [.. graph.States.Select(state => GradientRows(rows, state.Width, beginsAnywhere))];
            PreviousGradients = [.. graph.States.Select(state => GradientRows(rows, state.Width, beginsAnywhere))];
            ValueGradients = [.. graph.Values.Select(value => GradientRows(rows, value.Width))];
        }
    }

    /// <summary>A row of zeros as wide as any slot.</summary>
    public float* ZeroRow { get; }

    /// <summary>Each worker's scratch tile.</summary>
    public nint[] ScratchTiles { get; }

    /// <summary>Each worker's <see cref="StepFrame"/>.</summary>
    public nint[] Frames { get; }

    /// <summary>Each worker's sums of parameter gradients.</summary>
    public nint[] ParameterSums { get; }

    /// <summary>Offset of each learned vector in the sums.</summary>
    public int[] ParameterOffsets { get; }

    /// <summary>Elements of all learned vectors.</summary>
    public int ParameterLength { get; }

    /// <summary>The step's products in whole rows, slot after slot, where a normalisation reads them.</summary>
    public RowPointer Staged { get; }

    /// <summary>Values of one step, for passes that keep none.</summary>
    public RowPointer[] ScratchValues { get; }

    /// <summary>Gradients of the states of an odd step; they swap with <see cref="PreviousGradients"/> each step.</summary>
    public RowPointer[] StateGradients { get; } = [];

    /// <summary>Gradients of the states of an even step.</summary>
    public RowPointer[] PreviousGradients { get; } = [];

    /// <summary>Gradients of the values of one step.</summary>
    public RowPointer[] ValueGradients { get; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable buffer in _owned)
        {
            buffer.Dispose();
        }

        _owned.Clear();
    }

    private static int[] Offsets(IEnumerable<int> widths, out int total)
    {
        List<int> offsets = [];
        total = 0;
        foreach (int width in widths)
        {
            offsets.Add(total);
            total += (width + 15) / 16 * 16;
        }

        return [.. offsets];
    }

    // Rows are padded by the widest panel, so that a product may accumulate whole panels without a tail, wherever in the row it begins.
    private RowPointer GradientRows(int rows, int width, bool beginsAnywhere = false)
    {
        int stride = ((width + 63) / 64 * 64) + (beginsAnywhere ? WidestPanel : 0) + 16;
        return new RowPointer(Floats((long)rows * stride), stride);
    }

    private StepFrame* CreateFrame(StepGraph graph)
    {
        StepFrame* frame = (StepFrame*)Bytes(sizeof(StepFrame));
        int inputs = graph.InputSlotOffsets.Count;
        int products = graph.ProductSlotOffsets.Count;
        frame->Inputs = Pointers(inputs);
        frame->InputGradients = Pointers(inputs);
        frame->PreviousStates = Pointers(graph.States.Count);
        frame->NextStates = Pointers(graph.States.Count);
        frame->StateGradients = Pointers(graph.States.Count);
        frame->OuterGradients = Pointers(graph.States.Count);
        frame->PreviousGradients = Pointers(graph.States.Count);
        frame->Values = Pointers(graph.Values.Count);
        frame->ValueGradients = Pointers(graph.Values.Count);
        frame->Parameters = Pointers(graph.Parameters.Count);
        frame->ParameterGradients = Pointers(graph.Parameters.Count);
        frame->ProductGradients = Pointers(products);
        frame->InputOffsets = (int*)Bytes((inputs + 1) * sizeof(int));
        frame->ProductOffsets = (int*)Bytes((products + 1) * sizeof(int));
        return frame;
    }

    private RowPointer* Pointers(int count) => (RowPointer*)Bytes((count + 1) * sizeof(RowPointer));

    private float* Floats(long length) => (float*)Bytes((length + 1) * sizeof(float));

    private byte* Bytes(long length)
    {
        DeviceBuffer<byte> buffer = _device.Allocate<byte>(length);
        _owned.Add(buffer);
        return buffer.View.HostPointer;
    }
}
