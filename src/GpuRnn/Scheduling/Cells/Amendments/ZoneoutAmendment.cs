using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells.Amendments;

namespace GpuRnn.Scheduling.Cells.Amendments;

/// <summary>Zoneout of every state; formula: <see cref="ZoneoutNode{TNode, TShare, TFirstShare, TFirstCandidate, TWritten}"/>.</summary>
/// <remarks>
/// Every node of the cell gets slots around it that blend the states it writes; the number of nodes stays what it was. In training the
/// share of the new state is a mask, in evaluation a constant of the layer, <c>zoneout_h</c> and so on, that is saved with the weights.
/// </remarks>
internal static class ZoneoutAmendment
{
    /// <summary>The graph with zoneout, with a probability for each state.</summary>
    public static StepGraph Apply(StepGraph graph, Func<StepState, float> probability, bool isTraining)
    {
        int firstCandidate = graph.Values.Count;
        int firstMask = graph.InputSlotOffsets.Count;
        int firstShare = isTraining ? firstMask : graph.Parameters.Count;
        MaskNode[] masks = [.. graph.States.Select((state, number) =>
            new MaskNode($"zoneout of {state.Name}", probability(state), 1.0f, false, state.Width, firstMask + number))];
        return graph with
        {
            Values = [.. graph.Values, .. graph.States.Select(state => new StepValue($"candidate of {state.Name}", state.Width))],
            Parameters = isTraining ? graph.Parameters : [.. graph.Parameters, .. graph.States.Select(state => new StepParameter(NameOf(state), state.Width))],
            Nodes = graph.WithMasks(graph.StepNodes().Select(node => Around(node, isTraining, firstShare, firstCandidate)), isTraining ? masks : []),
        };
    }

    /// <summary>The constants that evaluation reads: for each state, the mean share of its new value.</summary>
    public static IEnumerable<CellParameter> Parameters(StepGraph graph, Func<StepState, float> probability)
    {
        return graph.States.Select(state =>
            new CellParameter(NameOf(state), [state.Width], state.Width) { IsLearned = false, Start = values => Array.Fill(values, 1.0f - probability(state)) });
    }

    private static string NameOf(StepState state)
    {
        return $"zoneout_{state.Name}";
    }

    // Within the step a state's new value is its candidate, whoever reads it.
    private static StepNode Around(StepNode node, bool isTraining, int firstShare, int firstCandidate)
    {
        if (node is ProductNode { Source.Kind: StepSourceKind.CurrentState } product)
        {
            return product with { Source = StepSource.Value(firstCandidate + product.Source.Index) };
        }

        if (node is NormalisationNode { Source: NormalisationSource.State } normalisation)
        {
            return normalisation with { Source = NormalisationSource.Value, First = firstCandidate + normalisation.First };
        }

        if (node is not PointwiseNode pointwise)
        {
            return node;
        }

        Type around = typeof(ZoneoutNode<,,,,>).MakeGenericType(
            pointwise.Implementation,
            isTraining ? typeof(DrawnShare) : typeof(ExpectedShare),
            SlotNumbers.Of(firstShare),
            SlotNumbers.Of(firstCandidate),
            SlotNumbers.Of(pointwise.WrittenStates.Sum(state => 1 << state)));
        return pointwise with
        {
            Implementation = around,
            WrittenValues = [.. pointwise.WrittenValues, .. pointwise.WrittenStates.Select(state => firstCandidate + state)],
        };
    }
}
