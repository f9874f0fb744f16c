using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Derivatives;

namespace GpuRnn.Tests.Scheduling.Derivatives;

/// <summary>A cell whose nodes forget their backward pass and what is tied, so that both are found again.</summary>
internal sealed class RederivedCell(Cell cell) : Cell
{
    public override string Name => cell.Name + "-rederived";

    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        StepGraph graph = cell.BuildGraph(inputSize, hiddenSize);
        return AutomaticDerivatives.Complete(graph with
        {
            Nodes = [.. graph.Nodes.Select(node => node switch
            {
                PointwiseNode pointwise => pointwise with
                {
                    Implementation = typeof(ForwardOnly<>).MakeGenericType(pointwise.Implementation),
                    WrittenStates = [],
                    WrittenValues = [],
                },
                ProductNode product => product with { TiedToInputSlot = null },
                _ => node,
            })],
        });
    }

    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize) => cell.Parameters(inputSize, hiddenSize);
}
