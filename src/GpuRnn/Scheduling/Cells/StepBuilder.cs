using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Scheduling.Derivatives;

namespace GpuRnn.Scheduling.Cells;

/// <summary>Collects what a step of an <see cref="AutomaticCell"/> runs, in order.</summary>
public sealed class StepBuilder
{
    private readonly List<Func<int, StepNode>> _nodes = [];
    private readonly List<StepTrace> _traces = [];
    private readonly List<CellParameter> _vectors = [];
    private int _productBlocks;

    internal StepBuilder()
    {
    }

    private int InputBlocks => CountOf(_traces.SelectMany(trace => trace.SlotsOf(TermKind.Input)));

    /// <summary>Multiplies the next rows of <c>weight_hh</c> with a state or value and adds <c>bias_hh</c>; its blocks are the next product slots.</summary>
    /// <param name="source">A state at t−1, or a state or value that a function before it writes.</param>
    /// <param name="blockCount">Blocks of H rows.</param>
    public StepBuilder Product(StepSource source, int blockCount = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockCount, 1);
        if (source.Kind == StepSourceKind.Sequence)
        {
            throw new ArgumentException(
                $"StepBuilder.Product: source is {source}, but x_t is multiplied for every input slot that a function reads. Read Input(0), Input(1), … instead.",
                nameof(source));
        }

        int firstBlock = _productBlocks;
        string name = $"product {_nodes.Count}";
        _productBlocks += blockCount;
        _nodes.Add(width => new ProductNode(name, source, "weight_hh", "bias_hh", firstBlock * width, blockCount, width, width, firstBlock));
        return this;
    }

    /// <summary>Runs a function on every unit.</summary>
    /// <typeparam name="TFunction">Its formula.</typeparam>
    public StepBuilder Function<TFunction>()
        where TFunction : struct, IStepFunction
    {
        _traces.Add(FunctionDerivatives.Of(typeof(TFunction)).Trace);
        _nodes.Add(width => new PointwiseNode(typeof(TFunction).Name, typeof(TFunction), width, [], []));
        return this;
    }

    /// <summary>Adds a vector, one number a unit: the functions' <c>Parameter(0)</c>, <c>Parameter(1)</c>, … in the order of these calls.</summary>
    /// <param name="name">Its name among the parameters.</param>
    /// <param name="start">What it starts from in every unit; drawn uniform in ±1/√H when null.</param>
    /// <param name="isLearned">False for a constant that no optimizer changes.</param>
    public StepBuilder Vector(string name, float? start = null, bool isLearned = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _vectors.Add(new CellParameter(name, [], 0)
        {
            IsLearned = isLearned,
            Start = start is float number ? values => Array.Fill(values, number) : null,
        });
        return this;
    }

    internal static int CountOf(IEnumerable<int> slots) => slots.DefaultIfEmpty(-1).Max() + 1;

    internal StepGraph Graph(string name, int inputSize, int hiddenSize)
    {
        int states = CountOf(_traces.SelectMany(trace => trace.States.Keys));
        int values = CountOf(_traces.SelectMany(trace => trace.Values.Keys));
        return new StepGraph(
            name,
            [inputSize],
            [.. Enumerable.Range(0, states).Select(state => new StepState(StateName(state), hiddenSize))],
            [.. Enumerable.Range(0, values).Select(value => new StepValue($"value {value}", hiddenSize))],
            [.. _vectors.Select(vector => new StepParameter(vector.Name, hiddenSize))],
            [
                .. InputBlocks == 0
                    ? Enumerable.Empty<StepNode>()
                    : [new ProductNode("input product", StepSource.Input, "weight_ih", "bias_ih", 0, InputBlocks, hiddenSize, inputSize, 0)],
                .. _nodes.Select(node => node(hiddenSize)),
            ],
            0);
    }

    internal IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        (string Suffix, int Blocks, int Columns)[] weights = [("ih", InputBlocks, inputSize), ("hh", _productBlocks, hiddenSize)];
        weights = [.. weights.Where(weight => weight.Blocks > 0)];
        return
        [
            .. weights.Select(weight => new CellParameter($"weight_{weight.Suffix}", [weight.Blocks * hiddenSize, weight.Columns], hiddenSize)),
            .. weights.Select(weight => new CellParameter($"bias_{weight.Suffix}", [weight.Blocks * hiddenSize], hiddenSize)),
            .. _vectors.Select(vector => vector with { Shape = [hiddenSize], Fan = hiddenSize }),
        ];
    }

    private static string StateName(int state) => state switch
    {
        0 => "h",
        1 => "c",
        _ => $"state {state}",
    };
}
