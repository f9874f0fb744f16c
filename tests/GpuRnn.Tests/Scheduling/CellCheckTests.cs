using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling;

public sealed class CellCheckTests
{
    [Fact]
    public void Create_ProductOfTooManyRows_NamesTheWeightAndItsShape()
    {
        Assert.Equal(
            "Cell \"lstm\", recurrent product: its weight \"weight_hh\" is [20, 5], but it uses rows 5 to 25 of 5 columns. "
            + "Declare the parameter in that size.",
            MessageOf(Change(graph => graph with { Nodes = [graph.Nodes[0], Recurrent(graph) with { FirstRow = 5 }, graph.Nodes[2]] })));
    }

    [Fact]
    public void Create_SlotsWithAGap_NamesTheSlot()
    {
        Assert.Equal(
            "Cell \"lstm\", recurrent product: its first slot is 1, but the products before it end at 0. Use slot 0.",
            MessageOf(Change(graph => graph with { Nodes = [graph.Nodes[0], Recurrent(graph) with { FirstSlot = 1 }, graph.Nodes[2]] })));
    }

    [Fact]
    public void Create_StateThatNobodyWrites_NamesIt()
    {
        Assert.Equal(
            "Cell \"lstm\", the graph: state 2 (d) is written by no node. Let one node write it.",
            MessageOf(Change(graph => graph with { States = [.. graph.States, new StepState("d", 5)] })));
    }

    [Fact]
    public void Create_StateWrittenTwice_NamesTheNode()
    {
        Assert.Equal(
            "Cell \"lstm\", gates and state: it writes state 0, but a node before it does too. Give each its own number.",
            MessageOf(Change(graph => graph with { Nodes = [.. graph.Nodes, graph.Nodes[2]] })));
    }

    [Fact]
    public void Create_ValueReadBeforeItIsWritten_NamesIt()
    {
        Assert.Equal(
            "Cell \"lstm\", recurrent product: it reads value 0, but no node before it writes that. Order the nodes so that it is written first.",
            MessageOf(Change(graph => graph with
            {
                Nodes = [graph.Nodes[0], Recurrent(graph) with { Source = StepSource.Value(0) }, graph.Nodes[2]],
            })));
    }

    [Fact]
    public void Create_UnknownVector_NamesIt()
    {
        Assert.Equal(
            "Cell \"lstm\", the graph: its vector \"peephole\" is no parameter of that name, but 5 elements are read. "
            + "Declare the parameter in that size.",
            MessageOf(Change(graph => graph with { Parameters = [new StepParameter("peephole", 5)] })));
    }

    private static ProductNode Recurrent(StepGraph graph)
    {
        return (ProductNode)graph.Nodes[1];
    }

    private static ChangedLstmCell Change(Func<StepGraph, StepGraph> change)
    {
        return new ChangedLstmCell(change);
    }

    private static string MessageOf(Cell cell)
    {
        using GpuRnn.Devices.Device device = GpuRnn.Composition.DeviceCatalog.Open("cpu");
        SequenceSpecification specification = new() { Cell = cell, InputSize = 3, HiddenSize = 5, TimeSteps = 2, BatchSize = 2 };
        return Assert.Throws<ArgumentException>(() => SequencePlanner.Create(device, specification)).Message;
    }
}
