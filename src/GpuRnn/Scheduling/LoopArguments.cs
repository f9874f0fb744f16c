using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>What a loop gets at each forward pass: one object with its arrays for all passes, so that none of them makes any.</summary>
internal sealed class LoopArguments
{
    private readonly int[] _weightNumbers;
    private readonly int[] _biasNumbers;
    private readonly int[] _sequenceWeightNumbers;
    private readonly int[] _sequenceBiasNumbers;
    private readonly int[] _vectorNumbers;
    private readonly int[] _statisticNumbers;
    private readonly ArrayView<float>[] _weights;
    private readonly ArrayView<float>[] _biases;
    private readonly ArrayView<float>[] _sequenceWeights;
    private readonly ArrayView<float>[] _sequenceBiases;
    private readonly ArrayView<float>[] _vectors;
    private readonly ArrayView<float>[] _statistics;
    private readonly RowsView[] _sequences;

    /// <summary>Makes the arrays.</summary>
    /// <param name="graph">The cell's step.</param>
    /// <param name="parameterNumbers">The number of each of the cell's parameters among those of the plan.</param>
    /// <param name="memory">The loop's arrays.</param>
    /// <param name="multipliesSequences">True where the loop runs the hoisted products.</param>
    public LoopArguments(StepGraph graph, IReadOnlyDictionary<string, int> parameterNumbers, LoopMemory memory, bool multipliesSequences)
    {
        int[] Numbers(IEnumerable<string?> names) => [.. names.Select(name => name is null ? -1 : parameterNumbers[name])];
        ProductNode[] hoisted = multipliesSequences ? [.. graph.HoistedProducts] : [];
        _weightNumbers = Numbers(graph.StepProducts.Select(product => product.Weight));
        _biasNumbers = Numbers(graph.StepProducts.Select(product => product.Bias));
        _sequenceWeightNumbers = Numbers(hoisted.Select(product => product.Weight));
        _sequenceBiasNumbers = Numbers(hoisted.Select(product => product.Bias));
        _vectorNumbers = Numbers(graph.Parameters.Select(parameter => parameter.Name));
        _statisticNumbers = Numbers(graph.Statistics.Select(statistic => statistic.Name));
        _weights = new ArrayView<float>[_weightNumbers.Length];
        _biases = new ArrayView<float>[_biasNumbers.Length];
        _sequenceWeights = new ArrayView<float>[hoisted.Length];
        _sequenceBiases = new ArrayView<float>[hoisted.Length];
        _vectors = new ArrayView<float>[_vectorNumbers.Length];
        _statistics = new ArrayView<float>[_statisticNumbers.Length];
        _sequences = new RowsView[multipliesSequences ? graph.SequenceWidths.Count : 0];
        Initial = new RowsView[graph.States.Count];
        States = new RowsView[graph.States.Count];
        Final = new RowsView[graph.States.Count];
        Given = new SequenceForwardArguments
        {
            Inputs = memory.Inputs.Rows,
            Sequences = _sequences,
            SequenceWeights = _sequenceWeights,
            SequenceBiases = _sequenceBiases,
            Weights = _weights,
            Biases = _biases,
            Parameters = _vectors,
            Statistics = _statistics,
            InitialStates = Initial,
            States = States,
            Values = [.. graph.Values.Select((_, slot) => memory.NeedsGradient ? memory.Values[slot].Rows : default)],
            FinalStates = Final,
        };
    }

    /// <summary>What the loop reads; its lists are the arrays of this object.</summary>
    public SequenceForwardArguments Given { get; }

    /// <summary>For each state, where it starts.</summary>
    public RowsView[] Initial { get; }

    /// <summary>For each state, its history.</summary>
    public RowsView[] States { get; }

    /// <summary>For each state, where it ends.</summary>
    public RowsView[] Final { get; }

    /// <summary>Puts the parameters and sequences of a pass into place.</summary>
    public void Take(IReadOnlyList<ArrayView<float>> parameters, long? weightsVersion, ReadOnlySpan<RowsView> sequences)
    {
        Given.WeightsVersion = weightsVersion;
        Pick(parameters, _weightNumbers, _weights);
        Pick(parameters, _biasNumbers, _biases);
        Pick(parameters, _sequenceWeightNumbers, _sequenceWeights);
        Pick(parameters, _sequenceBiasNumbers, _sequenceBiases);
        Pick(parameters, _vectorNumbers, _vectors);
        Pick(parameters, _statisticNumbers, _statistics);
        if (_sequences.Length > 0)
        {
            sequences.CopyTo(_sequences);
        }
    }

    private static void Pick(IReadOnlyList<ArrayView<float>> parameters, int[] numbers, ArrayView<float>[] target)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            target[i] = numbers[i] < 0 ? default : parameters[numbers[i]];
        }
    }
}
