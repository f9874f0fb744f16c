using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Reference;

/// <summary>Everything that one forward pass of <see cref="ReferenceSequence"/> read and wrote.</summary>
/// <remarks>Every history has one row for each packed row of the layout.</remarks>
public sealed class ReferenceSequencePass
{
    private readonly IReadOnlyList<int> _inputOffsets;
    private readonly IReadOnlyList<int> _productOffsets;
    private readonly int _inputWidth;
    private readonly int _productWidth;

    internal ReferenceSequencePass(
        StepGraph graph,
        SequenceLayout layout,
        IReadOnlyList<double[]> sequences,
        IReadOnlyDictionary<string, double[]> parameters,
        IReadOnlyList<double[]> initialStates)
    {
        Graph = graph;
        Sequences = sequences;
        Parameters = parameters;
        int rows = layout.TotalRows;
        _inputOffsets = graph.InputSlotOffsets;
        _productOffsets = graph.ProductSlotOffsets;
        _inputWidth = graph.InputWidth;
        _productWidth = graph.ProductWidth;
        Inputs = new double[rows * _inputWidth];
        Products = new double[rows * _productWidth];
        PreviousStates = [.. graph.States.Select(state => new double[rows * state.Width])];
        States = [.. graph.States.Select(state => new double[rows * state.Width])];
        Values = [.. graph.Values.Select(value => new double[rows * value.Width])];
        NewStatistics = graph.Statistics.ToDictionary(statistic => statistic.Name, statistic => (double[])parameters[statistic.Name].Clone());
        Normalised = graph.Normalisations.ToDictionary(node => node, node => (new double[rows * node.Width], new double[rows * node.Width]));
        FinalStates = [.. initialStates.Select(state => (double[])state.Clone())];
    }

    /// <summary>The cell's step.</summary>
    public StepGraph Graph { get; }

    /// <summary>The sequences that were read, each [TotalRows, width].</summary>
    public IReadOnlyList<double[]> Sequences { get; }

    /// <summary>The parameters that were read, by name.</summary>
    public IReadOnlyDictionary<string, double[]> Parameters { get; }

    /// <summary>Results of the hoisted nodes, [TotalRows, InputWidth].</summary>
    public double[] Inputs { get; }

    /// <summary>Results of the step products, [TotalRows, ProductWidth].</summary>
    public double[] Products { get; }

    /// <summary>For each state, its value at t−1, [TotalRows, width].</summary>
    public IReadOnlyList<double[]> PreviousStates { get; }

    /// <summary>For each state, its value at t, [TotalRows, width].</summary>
    public IReadOnlyList<double[]> States { get; }

    /// <summary>For each value slot, its history, [TotalRows, width]; the sum over a batch stands in each of its rows.</summary>
    public IReadOnlyList<double[]> Values { get; }

    /// <summary>The running statistics after the pass, by name.</summary>
    public IReadOnlyDictionary<string, double[]> Statistics => NewStatistics;

    internal Dictionary<string, double[]> NewStatistics { get; }

    /// <summary>For each normalisation, its x normalised, and the factor 1/√(variance + ε) of each of these, [TotalRows, width].</summary>
    internal Dictionary<NormalisationNode, (double[] Values, double[] Factors)> Normalised { get; }

    /// <summary>For each state, its value after each row's last step, [B, width].</summary>
    public IReadOnlyList<double[]> FinalStates { get; }

    internal int InputIndex(int slot, int row, int unit)
    {
        return (row * _inputWidth) + _inputOffsets[slot] + unit;
    }

    internal int ProductIndex(int slot, int row, int unit)
    {
        return (row * _productWidth) + _productOffsets[slot] + unit;
    }

    internal int StateIndex(int state, int row, int unit)
    {
        return (row * Graph.States[state].Width) + unit;
    }

    /// <summary>The index of a value; one that has a single element a row is read by every unit.</summary>
    internal int ValueIndex(int slot, int row, int unit)
    {
        int width = Graph.Values[slot].Width;
        return (row * width) + (width == 1 ? 0 : unit);
    }

    internal double[] Vector(int slot)
    {
        return Parameters[Graph.Parameters[slot].Name];
    }

    /// <summary>The array that a product reads, and the elements of one of its rows.</summary>
    internal double[] Source(StepSource source)
    {
        return Choose(source, Sequences, PreviousStates, States, Values);
    }

    internal static double[] Choose(
        StepSource source,
        IReadOnlyList<double[]> sequences,
        IReadOnlyList<double[]> previousStates,
        IReadOnlyList<double[]> states,
        IReadOnlyList<double[]> values)
    {
        IReadOnlyList<double[]> arrays = source.Kind switch
        {
            StepSourceKind.Sequence => sequences,
            StepSourceKind.PreviousState => previousStates,
            StepSourceKind.CurrentState => states,
            _ => values,
        };
        return arrays[source.Index];
    }
}
