using GpuRnn.Scheduling;

namespace GpuRnn.Layers;

/// <summary>The plans of one key that are not in use, each with the rows it holds.</summary>
internal sealed class PlanShelf(PlanKey key)
{
    public PlanKey Key { get; } = key;

    public Stack<(SequencePlan Plan, SequencePacking? Packing)> Free { get; } = [];
}
