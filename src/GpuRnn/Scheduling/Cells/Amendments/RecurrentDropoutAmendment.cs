using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells.Amendments;

namespace GpuRnn.Scheduling.Cells.Amendments;

/// <summary>Dropout of what the products with the past read; formula: <see cref="DropNode{TSource, TFactor, TResult}"/>.</summary>
/// <remarks>
/// These are the products of a state at t−1, and those of the same weight, such as that of the r h of a GRU whose reset gate acts first; a
/// projection within the step is none of them. A node before each multiplies what it reads with a mask. A state has one mask, whatever reads it; a
/// value takes that of the output where it is as wide. Evaluation needs no change.
/// </remarks>
internal static class RecurrentDropoutAmendment
{
    /// <summary>The graph of training mode.</summary>
    public static StepGraph Apply(StepGraph graph, float probability)
    {
        HashSet<string> recurrent = [.. graph.RecurrentWeights()];
        List<MaskNode> masks = [];
        List<StepValue> values = [.. graph.Values];
        List<StepNode> nodes = [];
        Dictionary<StepSource, int> slots = [];
        Dictionary<StepSource, int> dropped = [];
        foreach (StepNode node in graph.StepNodes())
        {
            if (node is not ProductNode product || !recurrent.Contains(product.Weight))
            {
                nodes.Add(node);
                continue;
            }

            if (!dropped.TryGetValue(product.Source, out int value))
            {
                StepSource owner = Owner(graph, product);
                if (!slots.TryGetValue(owner, out int slot))
                {
                    slot = graph.InputSlotOffsets.Count + masks.Count;
                    slots.Add(owner, slot);
                    masks.Add(new MaskNode(
                        $"dropout before {product.Name}", probability, 1.0f / (1.0f - probability), true, product.SourceWidth, slot));
                }

                value = values.Count;
                values.Add(new StepValue($"dropped for {product.Name}", product.SourceWidth));
                dropped.Add(product.Source, value);
                nodes.Add(new PointwiseNode(
                    $"dropout before {product.Name}",
                    typeof(DropNode<,,>).MakeGenericType(Source(product.Source), SlotNumbers.Of(slot), SlotNumbers.Of(value)),
                    product.SourceWidth,
                    [],
                    [value]));
            }

            nodes.Add(product with { Source = StepSource.Value(value) });
        }

        return graph with { Values = values, Nodes = graph.WithMasks(nodes, masks) };
    }

    private static StepSource Owner(StepGraph graph, ProductNode product)
    {
        return product.Source.Kind == StepSourceKind.CurrentState ? StepSource.PreviousState(product.Source.Index)
            : product.Source.Kind == StepSourceKind.Value && product.SourceWidth == graph.OutputWidth ? StepSource.PreviousState(graph.OutputState)
            : product.Source;
    }

    private static Type Source(StepSource source)
    {
        Type kind = source.Kind switch
        {
            StepSourceKind.PreviousState => typeof(PreviousStateSource<>),
            StepSourceKind.CurrentState => typeof(CurrentStateSource<>),
            _ => typeof(ValueSource<>),
        };
        return kind.MakeGenericType(SlotNumbers.Of(source.Index));
    }
}
