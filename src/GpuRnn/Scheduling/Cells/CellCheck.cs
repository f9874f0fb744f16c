using System.Diagnostics.CodeAnalysis;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Cells;

/// <summary>Holds a cell's graph against its parameters, so that a mistake in it is an error and not a read of foreign memory.</summary>
internal sealed class CellCheck
{
    private readonly StepGraph _graph;
    private readonly Dictionary<string, CellParameter> _parameters;
    private readonly int[] _writtenUnits;
    private readonly bool[] _writtenValues;
    private readonly List<ProductNode> _pending = [];
    private int _inputSlots;
    private int _productSlots;

    private CellCheck(StepGraph graph, IReadOnlyList<CellParameter> parameters)
    {
        _graph = graph;
        _parameters = parameters.ToDictionary(parameter => parameter.Name);
        _writtenUnits = new int[graph.States.Count];
        _writtenValues = new bool[graph.Values.Count];
    }

    /// <summary>Throws at the first thing in the graph that does not fit.</summary>
    /// <exception cref="ArgumentException">The graph names what is not there, in another size, too early, or twice.</exception>
    public static void Require(StepGraph graph, IReadOnlyList<CellParameter> parameters)
    {
        CellCheck check = new(graph, parameters);
        check.RequireIndex("the graph", "output state", graph.OutputState, graph.States.Count);
        foreach (StepParameter vector in graph.Parameters)
        {
            check.RequireVector("the graph", vector.Name, vector.Width);
        }

        foreach (StepParameter statistic in graph.Statistics)
        {
            check.RequireStatistic(statistic);
        }

        foreach (StepNode node in graph.Nodes)
        {
            check.RequireNode(node);
        }

        for (int state = 0; state < graph.States.Count; state++)
        {
            int written = check._writtenUnits[state];
            if (written < graph.States[state].Width)
            {
                string units = written == 0 ? "is written by no node" : $"has {graph.States[state].Width} units, but only {written} are written";
                check.Throw("the graph", $"state {state} ({graph.States[state].Name}) {units}", "Let one node write it.");
            }
        }
    }

    private void RequireNode(StepNode node)
    {
        if (node is ProductNode product)
        {
            RequireProduct(product);
        }
        else if (node is SequenceNode sequence)
        {
            RequireSequence(sequence);
        }
        else if (node is NormalisationNode normalisation)
        {
            RequireNormalisation(normalisation);
        }
        else if (node is MaskNode mask)
        {
            RequireFirstSlot(mask.Name, mask.FirstSlot, _inputSlots, "input slots");
            _inputSlots++;
        }
        else if (node is ReductionNode reduction)
        {
            RequireIndex(node.Name, "source value", reduction.SourceValue, _writtenValues.Length);
            RequireWidth(node.Name, "source value", _graph.Values[reduction.SourceValue].Width, reduction.Width);
            RequireWritten(node.Name, "value", reduction.SourceValue, _writtenValues);
            Write(node.Name, "value", reduction.TargetValue, _writtenValues);
            int width = reduction.Axis == ReductionAxis.Row ? 1 : reduction.Width;
            RequireWidth(node.Name, "target value", _graph.Values[reduction.TargetValue].Width, width);
        }
        else if (node is PointwiseNode pointwise)
        {
            RequirePeriod(pointwise);
            foreach (int state in pointwise.WrittenStates)
            {
                WriteState(pointwise, state);
            }

            foreach (int value in pointwise.WrittenValues)
            {
                Write(node.Name, "value", value, _writtenValues);
                RequireWidth(node.Name, $"value {value}", _graph.Values[value].Width, pointwise.Width);
            }
        }
    }

    private void RequireProduct(ProductNode product)
    {
        ref int slots = ref product.IsHoisted ? ref _inputSlots : ref _productSlots;
        RequireFirstSlot(product.Name, product.FirstSlot, slots, "products");
        slots += product.BlockCount;
        if (!product.IsHoisted)
        {
            _pending.Add(product);
        }

        int sourceWidth = SourceWidth(product);
        if (product.FirstSourceUnit != 0 && product.FirstSourceUnit + product.SourceWidth <= sourceWidth)
        {
            sourceWidth = product.SourceWidth;
        }

        RequireWidth(product.Name, "source", sourceWidth, product.SourceWidth);
        if (!_parameters.TryGetValue(product.Weight, out CellParameter? weight) || weight.Shape.Count != 2
            || weight.Shape[0] < product.FirstRow + product.Rows || weight.Shape[1] != product.SourceWidth)
        {
            string arrived = weight is null ? "no parameter of that name" : $"[{string.Join(", ", weight.Shape)}]";
            Throw(
                product.Name,
                $"its weight \"{product.Weight}\" is {arrived}, but it uses rows {product.FirstRow} to {product.FirstRow + product.Rows} "
                + $"of {product.SourceWidth} columns",
                "Declare the parameter in that size.");
        }

        if (product.Bias is not null)
        {
            RequireVector(product.Name, product.Bias, product.FirstRow + product.Rows);
        }

        if (product.TiedToInputSlot is int slot && (product.IsHoisted || slot < 0 || slot + product.BlockCount > _inputSlots))
        {
            Throw(
                product.Name,
                $"it is tied to input slot {slot}, but the input slots are 0 to {_inputSlots}",
                "Tie a step product to slots before it.");
        }
    }

    private void RequireNormalisation(NormalisationNode node)
    {
        if (!node.IsInPlace)
        {
            (string what, bool[] written) = node.Source == NormalisationSource.State ? ("state", WrittenStates) : ("value", _writtenValues);
            RequireIndex(node.Name, what, node.First, written.Length);
            RequireWritten(node.Name, what, node.First, written);
            int width = node.Source == NormalisationSource.State ? _graph.States[node.First].Width : _graph.Values[node.First].Width;
            RequireWidth(node.Name, $"{what} {node.First}", width, node.Width);
            Write(node.Name, "value", node.Target, _writtenValues);
            RequireWidth(node.Name, $"value {node.Target}", _graph.Values[node.Target].Width, node.Width);
        }
        else
        {
            RequireIndex(node.Name, "slot", node.First, node.Source == NormalisationSource.Inputs ? _inputSlots : _productSlots);
        }

        foreach (int parameter in new[] { node.Gain, node.Shift ?? node.Gain })
        {
            RequireIndex(node.Name, "parameter", parameter, _graph.Parameters.Count);
            RequireVector(node.Name, _graph.Parameters[parameter].Name, node.FirstElement + node.Width);
        }

        if (node.Statistics is not null)
        {
            RequireIndex(node.Name, "statistic", node.Statistics.Mean, _graph.Statistics.Count);
            RequireIndex(node.Name, "statistic", node.Statistics.Variance, _graph.Statistics.Count);
        }
    }

    private void RequireStatistic(StepParameter statistic)
    {
        if (!_parameters.TryGetValue(statistic.Name, out CellParameter? parameter) || parameter.IsLearned || parameter.ElementCount != statistic.Width)
        {
            string arrived = parameter is null ? "no parameter of that name" : $"{(parameter.IsLearned ? "learned" : "constant")}, {parameter.ElementCount} elements";
            Throw("the graph", $"its statistic \"{statistic.Name}\" is {arrived}, but a constant of {statistic.Width} elements is needed", "Declare it so.");
        }
    }

    private void RequireSequence(SequenceNode node)
    {
        if (node.Source.Kind != StepSourceKind.Sequence)
        {
            Throw(node.Name, $"its source is {node.Source}, but it reads a sequence", "Let a pointwise node read states and values itself.");
        }

        RequireFirstSlot(node.Name, node.FirstSlot, _inputSlots, "input slots");
        _inputSlots++;
        RequireWidth(node.Name, "source", SequenceWidth(node.Name, node.Source), node.Width);
    }

    private void RequireFirstSlot(string node, int slot, int needed, string what)
    {
        if (slot != needed)
        {
            Throw(node, $"its first slot is {slot}, but the {what} before it end at {needed}", $"Use slot {needed}.");
        }
    }

    private int SequenceWidth(string node, StepSource source)
    {
        RequireIndex(node, "sequence", source.Index, _graph.SequenceWidths.Count);
        return _graph.SequenceWidths[source.Index];
    }

    private int SourceWidth(ProductNode product)
    {
        StepSource source = product.Source;
        if (source.Kind == StepSourceKind.Sequence)
        {
            return SequenceWidth(product.Name, source);
        }

        if (source.Kind == StepSourceKind.Value)
        {
            RequireIndex(product.Name, "value", source.Index, _writtenValues.Length);
            RequireWritten(product.Name, "value", source.Index, _writtenValues);
            return _graph.Values[source.Index].Width;
        }

        RequireIndex(product.Name, "state", source.Index, _writtenUnits.Length);
        if (source.Kind == StepSourceKind.CurrentState)
        {
            RequireWritten(product.Name, "state", source.Index, WrittenStates);
        }

        return _graph.States[source.Index].Width;
    }

    private void RequireVector(string node, string name, int width)
    {
        if (!_parameters.TryGetValue(name, out CellParameter? vector) || vector.Shape.Count != 1 || vector.Shape[0] < width)
        {
            string arrived = vector is null ? "no parameter of that name" : $"[{string.Join(", ", vector.Shape)}]";
            Throw(node, $"its vector \"{name}\" is {arrived}, but {width} elements are read", "Declare the parameter in that size.");
        }
    }

    private void RequireIndex(string node, string what, int index, int count)
    {
        if (index < 0 || index >= count)
        {
            Throw(node, $"{what} {index} is named, but there are {count}", "Use a number that the graph declares.");
        }
    }

    private void RequireWidth(string node, string what, int width, int needed)
    {
        if (width != needed)
        {
            Throw(node, $"{what} is {width} wide, but {needed} is needed", "Declare both in one width.");
        }
    }

    private bool[] WrittenStates => [.. _writtenUnits.Select((units, state) => units == _graph.States[state].Width)];

    private void RequireWritten(string node, string what, int index, bool[] written)
    {
        if (!written[index])
        {
            Throw(node, $"it reads {what} {index}, but no node before it writes that", "Order the nodes so that it is written first.");
        }
    }

    // Nodes that share a state write its units in order, each from where those before it end.
    private void WriteState(PointwiseNode node, int state)
    {
        RequireIndex(node.Name, "state", state, _writtenUnits.Length);
        int width = _graph.States[state].Width;
        if (_writtenUnits[state] == width && width > 0)
        {
            Throw(node.Name, $"it writes state {state}, but a node before it does too", "Give each its own number.");
        }

        if (node.FirstUnit != _writtenUnits[state])
        {
            Throw(node.Name, $"it writes state {state} from unit {node.FirstUnit} on, but the nodes before it end at {_writtenUnits[state]}", "Leave no gap.");
        }

        bool isShared = node.FirstUnit > 0 || _graph.Nodes.OfType<PointwiseNode>().Count(other => other.WrittenStates.Contains(state)) > 1;
        RequireWidth(node.Name, $"state {state}", isShared ? Math.Min(node.Width, width - node.FirstUnit) : width, node.Width);
        _writtenUnits[state] += node.Width;
    }

    private void RequirePeriod(PointwiseNode node)
    {
        if (node.Period < 1)
        {
            Throw(node.Name, $"its period is {node.Period}, but at least 1 is needed", "Let it run at every step or every few.");
        }

        if (node.Period > 1 && node.WrittenValues.Count > 0)
        {
            Throw(node.Name, $"it writes values and runs every {node.Period} steps, but a value lives within a step", "Write states alone.");
        }

        if (_pending.Find(product => product.Period != node.Period) is ProductNode other)
        {
            Throw(node.Name, $"its period is {node.Period}, but that of product \"{other.Name}\" before it is {other.Period}", "Give both the same.");
        }

        _pending.Clear();
    }

    private void Write(string node, string what, int index, bool[] written)
    {
        RequireIndex(node, what, index, written.Length);
        if (written[index])
        {
            Throw(node, $"it writes {what} {index}, but a node before it does too", "Give each its own number.");
        }

        written[index] = true;
    }

    [DoesNotReturn]
    private void Throw(string node, string problem, string remedy)
    {
        throw new ArgumentException($"Cell \"{_graph.Name}\", {node}: {problem}. {remedy}");
    }
}
