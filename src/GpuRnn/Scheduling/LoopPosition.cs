using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Scheduling;

/// <summary>Which loop of a plan this is.</summary>
/// <param name="Graph">The layer's step.</param>
/// <param name="Parameters">The cell's parameters in this layer.</param>
/// <param name="Layer">0 reads the plan's input.</param>
/// <param name="Direction">0 forward, 1 reverse.</param>
/// <param name="LoopNumber">layer · D + direction: the row of state arguments.</param>
/// <param name="FirstParameter">The number of its first parameter among all of the plan's.</param>
/// <param name="StatesReadAbove">For each state, whether a layer reads that of the layer below.</param>
internal sealed record LoopPosition(
    StepGraph Graph,
    IReadOnlyList<CellParameter> Parameters,
    int Layer,
    int Direction,
    int LoopNumber,
    int FirstParameter,
    IReadOnlyList<bool> StatesReadAbove)
{
    /// <summary>True for the loop from the last step to the first.</summary>
    public bool IsReverse => Direction == 1;
}
