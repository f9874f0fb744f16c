using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Cells.Amendments;

/// <summary>Layer or batch normalisation of the products of a step, and of the state that the output squashes.</summary>
/// <remarks>
/// <para>
/// Every product with x or with the past is normalised by itself, as it stands before its bias, and the bias becomes the shift: with N the normalisation,
/// W_ih x_t + b_ih becomes gain_ih · N(W_ih x_t) + b_ih. A projection within the step stays as it is. All blocks of a product are one vector, unless the product says otherwise
/// (a GRU's candidate is apart from its gates). An LSTM's output reads gain_c · N(c_t) + shift_c; what the next step reads is c_t itself.
/// </para>
/// <para>
/// Sources: Ba, Kiros and Hinton (2016), equations 20 to 22 (LSTM) and 23 to 26 (GRU), over the units of a row, gains from 1; Cooijmans et al. (2016),
/// equations 6 to 8, over the rows of a step, gains from 0.1, with running statistics for each step up to T_max, which evaluation uses.
/// </para>
/// </remarks>
internal sealed class NormalisationAmendment
{
    private const float BatchGain = 0.1f;

    private readonly StepGraph _graph;
    private readonly IReadOnlyList<CellParameter> _cellParameters;
    private readonly (int State, int Value)? _squashed;
    private readonly int _statisticsSteps;
    private readonly bool _isTraining;
    private readonly List<StepParameter> _vectors;
    private readonly List<StepParameter> _statistics = [];
    private readonly List<CellParameter> _parameters = [];

    /// <summary>Reads the step of a cell.</summary>
    /// <param name="cell">The cell; its open step is what is amended.</param>
    /// <param name="inputSize">I.</param>
    /// <param name="hiddenSize">H.</param>
    /// <param name="statisticsSteps">T_max for a normalisation over the batch; 0 for one over the units of a row.</param>
    /// <param name="isTraining">False to normalise by the running statistics.</param>
    public NormalisationAmendment(Cell cell, int inputSize, int hiddenSize, int statisticsSteps, bool isTraining)
    {
        (_graph, _squashed) = cell.BuildOpenGraph(inputSize, hiddenSize);
        _cellParameters = cell.Parameters(inputSize, hiddenSize);
        _statisticsSteps = statisticsSteps;
        _isTraining = isTraining;
        _vectors = [.. _graph.Parameters];
        Graph = Amend();
    }

    /// <summary>The step with normalisations.</summary>
    public StepGraph Graph { get; }

    /// <summary>The cell's parameters and those of the normalisations.</summary>
    public IReadOnlyList<CellParameter> Parameters => [.. _cellParameters, .. _parameters];

    private bool IsBatch => _statisticsSteps > 0;

    private StepGraph Amend()
    {
        HashSet<string> recurrent = [.. _graph.RecurrentWeights()];
        List<StepNode> nodes = [.. _graph.Nodes.Where(node => node.IsHoisted).Select(WithoutBias)];
        foreach (ProductNode product in _graph.HoistedProducts)
        {
            nodes.AddRange(Normalise(product));
        }

        foreach (StepNode node in _graph.StepNodes())
        {
            bool isNormalised = node is ProductNode { Weight: string weight } && recurrent.Contains(weight);
            nodes.Add(isNormalised ? WithoutBias(node) : node);
            if (isNormalised && node is ProductNode product)
            {
                nodes.AddRange(Normalise(product));
            }
            else if (_squashed is (int state, int value) && node is PointwiseNode pointwise && pointwise.WrittenStates.Contains(state))
            {
                nodes.Add(NormaliseState(state, value));
            }
        }

        return _graph with { Nodes = nodes, Parameters = _vectors, Statistics = _statistics };
    }

    // The bias comes after the normalisation, and the gradients of the sums before it are another product's no more.
    private static StepNode WithoutBias(StepNode node)
    {
        return node is ProductNode product ? product with { Bias = null, TiedToInputSlot = null } : node;
    }

    private IEnumerable<NormalisationNode> Normalise(ProductNode product)
    {
        string suffix = product.Weight.StartsWith("weight_", StringComparison.Ordinal) ? product.Weight["weight_".Length..] : product.Weight;
        int rows = _cellParameters.Single(parameter => parameter.Name == product.Weight).Shape[0];
        int gain = Vector($"gain_{suffix}", rows, IsBatch ? BatchGain : 1.0f);
        int? shift = product.Bias is null ? null : Vector(product.Bias, rows, null);
        StepStatistics? statistics = Statistics(suffix, rows);
        int block = 0;
        foreach (int blocks in product.NormalisedTogether ?? [product.BlockCount])
        {
            yield return new NormalisationNode(
                $"normalisation of {product.Name}, block {block}",
                product.IsHoisted ? NormalisationSource.Inputs : NormalisationSource.Products,
                product.FirstSlot + block,
                blocks * product.BlockWidth,
                -1,
                IsBatch ? ReductionAxis.Batch : ReductionAxis.Row,
                gain,
                shift,
                product.FirstRow + (block * product.BlockWidth))
            {
                Statistics = statistics,
            };
            block += blocks;
        }
    }

    private NormalisationNode NormaliseState(int state, int value)
    {
        (string name, int width) = (_graph.States[state].Name, _graph.States[state].Width);
        return new NormalisationNode(
            $"normalisation of {name}",
            NormalisationSource.State,
            state,
            width,
            value,
            IsBatch ? ReductionAxis.Batch : ReductionAxis.Row,
            Vector($"gain_{name}", width, IsBatch ? BatchGain : 1.0f),
            Vector($"shift_{name}", width, 0.0f),
            0)
        {
            Statistics = Statistics(name, width),
        };
    }

    /// <summary>The number of a vector of the graph; one that no array of the cell is becomes a parameter.</summary>
    private int Vector(string name, int width, float? start)
    {
        int number = _vectors.FindIndex(vector => vector.Name == name);
        if (number >= 0)
        {
            return number;
        }

        if (start is float value)
        {
            _parameters.Add(new CellParameter(name, [width], width) { Start = values => Array.Fill(values, value) });
        }

        _vectors.Add(new StepParameter(name, width));
        return _vectors.Count - 1;
    }

    private StepStatistics? Statistics(string suffix, int width)
    {
        return IsBatch
            ? new StepStatistics(Statistic($"mean_{suffix}", width, 0.0f), Statistic($"variance_{suffix}", width, 1.0f), _statisticsSteps, width, !_isTraining)
            : null;
    }

    private int Statistic(string name, int width, float start)
    {
        int number = _statistics.FindIndex(statistic => statistic.Name == name);
        if (number >= 0)
        {
            return number;
        }

        _parameters.Add(new CellParameter(name, [_statisticsSteps, width], width) { IsLearned = false, Start = values => Array.Fill(values, start) });
        _statistics.Add(new StepParameter(name, _statisticsSteps * width));
        return _statistics.Count - 1;
    }
}
