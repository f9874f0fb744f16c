using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Bench;

/// <summary>The LSTM with another node in its place, which keeps four values as the LSTM's does.</summary>
internal sealed class NodeCell<TNode>(string name) : Cell
    where TNode : struct, IStepNode
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        StepGraph graph = Cells.Lstm.BuildGraph(inputSize, hiddenSize);
        return graph with { Nodes = [.. graph.Nodes.Select(node => node is PointwiseNode pointwise ? pointwise with { Implementation = typeof(TNode) } : node)] };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize) => Cells.Lstm.Parameters(inputSize, hiddenSize);
}
