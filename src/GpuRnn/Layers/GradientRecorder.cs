using GpuRnn.Scheduling;

namespace GpuRnn.Layers;

/// <summary>Receives the norms of ∂L/∂h_t of every step and layer after each backward pass of a <see cref="Recurrent"/>.</summary>
/// <remarks>
/// Assigned to <see cref="Recurrent.GradientRecorder"/>. Passes that are recorded run on a schedule that hands gradients out, which is slower; its other
/// results are the same within rounding. Without a recorder nothing is computed or kept (docs/decisions/0023-recorded-gradients.md).
/// </remarks>
public sealed class GradientRecorder
{
    /// <summary>One entry for each layer and direction, in this order, of the latest backward pass; none before the first.</summary>
    public IReadOnlyList<GradientTrace> Traces { get; private set; } = [];

    internal void Take(SequencePlan plan)
    {
        List<GradientTrace> traces = [];
        for (int layer = 0; layer < plan.Specification.LayerCount; layer++)
        {
            for (int direction = 0; direction < plan.Specification.DirectionCount; direction++)
            {
                traces.Add(new GradientTrace(layer, direction == 1, plan.GradientNorms(layer, direction)));
            }
        }

        Traces = traces;
    }
}
