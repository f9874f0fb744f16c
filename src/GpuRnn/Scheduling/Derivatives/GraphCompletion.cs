using System.Diagnostics.CodeAnalysis;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Derivatives;

/// <summary>Holds the functions of a graph against its slots, and puts nodes with both passes in their place.</summary>
internal sealed class GraphCompletion
{
    private readonly StepGraph _graph;
    private readonly Dictionary<PointwiseNode, FunctionDerivatives> _functions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(TermKind Kind, int Slot), string> _readers = [];
    private readonly HashSet<int> _publishedValues = [];
    private readonly HashSet<(TermKind Kind, int Slot)> _written = [];

    /// <summary>Traces every function of a graph.</summary>
    public GraphCompletion(StepGraph graph)
    {
        _graph = graph;
        foreach (PointwiseNode node in graph.Nodes.OfType<PointwiseNode>())
        {
            if (!node.Implementation.IsValueType || !typeof(IStepFunction).IsAssignableFrom(node.Implementation))
            {
                Throw(node.Name, $"it is implemented by {node.Implementation}, which is no struct that implements IStepFunction", "Name one that does.");
            }

            _functions.Add(node, FunctionDerivatives.Of(node.Implementation));
        }
    }

    /// <summary>Checks and completes.</summary>
    public StepGraph Run()
    {
        foreach (StepNode node in _graph.Nodes)
        {
            Check(node);
        }

        RequireReaders(TermKind.Input, _graph.InputSlotOffsets.Count, "input");
        RequireReaders(TermKind.Product, _graph.ProductSlotOffsets.Count, "product");
        List<StepValue> values = [.. _graph.Values];
        Dictionary<int, int> ties = [];
        List<StepNode> nodes = [.. _graph.Nodes.Select(node => node is PointwiseNode pointwise && AutomaticDerivatives.IsFunction(pointwise)
            ? Complete(pointwise, values, ties)
            : node)];
        return _graph with { Values = values, Nodes = [.. nodes.Select(node => node is ProductNode product ? Tie(product, ties) : node)] };
    }

    private PointwiseNode Complete(PointwiseNode node, List<StepValue> values, Dictionary<int, int> ties)
    {
        FunctionDerivatives function = _functions[node];
        int[] published = [.. function.Trace.Values.Keys.Where(_publishedValues.Contains)];
        int firstKept = values.Count;
        (Type implementation, NodeProgram program) = function.Node(published, firstKept);
        values.AddRange(Enumerable.Range(0, program.KeptCount).Select(number => new StepValue($"{node.Name}, kept {number}", node.Width)));
        foreach (int product in function.Trace.SlotsOf(TermKind.Product))
        {
            if (program.InputTiedTo(product) is int input)
            {
                ties.Add(node.FirstProductSlot + product, node.FirstInputSlot + input);
            }
        }

        return node with
        {
            Implementation = implementation,
            WrittenStates = [.. function.Trace.States.Keys],
            WrittenValues = [.. published, .. Enumerable.Range(firstKept, program.KeptCount)],
        };
    }

    // Block by block, the gradients of the product are those of neighbouring inputs.
    private static ProductNode Tie(ProductNode product, Dictionary<int, int> ties)
    {
        return !product.IsHoisted && product.TiedToInputSlot is null && ties.TryGetValue(product.FirstSlot, out int first)
            && Enumerable.Range(0, product.BlockCount).All(block => ties.TryGetValue(product.FirstSlot + block, out int input) && input == first + block)
            ? product with { TiedToInputSlot = first }
            : product;
    }

    private void Check(StepNode node)
    {
        if (node is ProductNode { Source.Kind: StepSourceKind.Value } product)
        {
            _publishedValues.Add(product.Source.Index);
        }
        else if (node is ReductionNode reduction)
        {
            _publishedValues.Add(reduction.SourceValue);
            _written.Add((TermKind.Value, reduction.TargetValue));
        }
        else if (node is PointwiseNode pointwise)
        {
            CheckFunction(pointwise, _functions[pointwise].Trace);
        }
    }

    private void CheckFunction(PointwiseNode node, StepTrace trace)
    {
        foreach (Term read in trace.Reads)
        {
            int slot = SlotOf(node, read);
            RequireSlot(node, "reads", read.Kind, slot);
            if (read.Kind is TermKind.NextState or TermKind.Value && !_written.Contains((read.Kind, read.Slot)))
            {
                Throw(node.Name, $"it reads {Name(read.Kind)} {read.Slot}, which nothing before it writes", "Order the nodes so that it is written first.");
            }

            if (read.Kind == TermKind.Value)
            {
                _publishedValues.Add(read.Slot);
            }
            else if (read.Kind is TermKind.Input or TermKind.Product && !_readers.TryAdd((read.Kind, slot), node.Name))
            {
                Throw(
                    node.Name,
                    $"it reads {Name(read.Kind)} {slot}, and so does {_readers[(read.Kind, slot)]}, but its gradient is set by one node",
                    "Let the first one hand it on as a value.");
            }
        }

        foreach ((TermKind kind, int slot) in trace.States.Keys.Select(state => (TermKind.NextState, state))
            .Concat(trace.Values.Keys.Select(value => (TermKind.Value, value))))
        {
            RequireSlot(node, "writes", kind, slot);
            _written.Add((kind, slot));
        }

        RequireDeclared(node, "states", node.WrittenStates, trace.States.Keys);
        RequireDeclared(node, "values", node.WrittenValues, trace.Values.Keys);
    }

    // The graph's number of a slot that the node may see under another.
    private static int SlotOf(PointwiseNode node, Term read) => read.Kind switch
    {
        TermKind.Input => node.FirstInputSlot + read.Slot,
        TermKind.Product => node.FirstProductSlot + read.Slot,
        _ => read.Slot,
    };

    private void RequireDeclared(PointwiseNode node, string what, IReadOnlyList<int> declared, IEnumerable<int> written)
    {
        if (AutomaticDerivatives.IsFunction(node) && declared.Count > 0 && !declared.Order().SequenceEqual(written))
        {
            Throw(
                node.Name,
                $"it declares that it writes the {what} {string.Join(", ", declared)}, but its function writes {string.Join(", ", written)}",
                "Leave the list empty.");
        }
    }

    private void RequireSlot(PointwiseNode node, string does, TermKind kind, int slot)
    {
        int count = kind switch
        {
            TermKind.Input => _graph.InputSlotOffsets.Count,
            TermKind.Product => _graph.ProductSlotOffsets.Count,
            TermKind.Value => _graph.Values.Count,
            TermKind.Parameter => _graph.Parameters.Count,
            _ => _graph.States.Count,
        };
        if (slot < 0 || slot >= count)
        {
            Throw(node.Name, $"it {does} {Name(kind)} {slot}, but the graph has {count}, counted from 0", "Declare as many as are used.");
        }
    }

    private void RequireReaders(TermKind kind, int count, string name)
    {
        for (int slot = 0; slot < count; slot++)
        {
            if (!_readers.ContainsKey((kind, slot)))
            {
                Throw("the graph", $"no function reads {name} {slot}, so that its gradient would be unknown", "Read it, or declare fewer blocks.");
            }
        }
    }

    private static string Name(TermKind kind) => kind switch
    {
        TermKind.NextState => "state at t number",
        TermKind.State => "state",
        TermKind.Parameter => "vector",
        _ => kind.ToString().ToLowerInvariant(),
    };

    [DoesNotReturn]
    private void Throw(string node, string problem, string remedy) =>
        throw new ArgumentException($"Cell \"{_graph.Name}\", {node}: {problem}. {remedy}");
}
