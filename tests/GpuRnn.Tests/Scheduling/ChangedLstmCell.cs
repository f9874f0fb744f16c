using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling;

/// <summary>The LSTM with a change to its graph.</summary>
internal sealed class ChangedLstmCell(Func<StepGraph, StepGraph> change) : Cell
{
    public override string Name => "lstm";

    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        return change(Cells.Lstm.BuildGraph(inputSize, hiddenSize));
    }

    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return Cells.Lstm.Parameters(inputSize, hiddenSize);
    }
}
