using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Simd.Lanes;
using GpuRnn.Simd.Sequences;
using GpuRnn.Testing;

namespace GpuRnn.Simd.Tests.Sequences;

/// <summary>The fused loop against the double reference, for every cell, layout, direction, split and register width.</summary>
public sealed class SimdSequenceLoopTests
{
    private const int InputSize = 3;

    public static TheoryData<string, int> CellsAndSizes()
    {
        TheoryData<string, int> data = [];
        foreach (string cell in new[] { "elman", "lstm", "gru", "gru-before", "peephole", "jordan", "below", "clockwork" })
        {
            foreach (int hidden in new[] { 1, 3, 7, 16, 19, 67 })
            {
                data.Add(cell, hidden);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(CellsAndSizes))]
    public void ForwardAndBackward_EveryLayoutDirectionAndSplit_AgreeWithTheReference(string cell, int hiddenSize)
    {
        StepGraph graph = Graph(cell, hiddenSize);
        foreach (SequenceLayout layout in Layouts())
        {
            foreach (bool isReverse in new[] { false, true })
            {
                Check<V256>(graph, layout, isReverse, LoopSplit.Single, 1, true);
                Check<V256>(graph, layout, isReverse, LoopSplit.BatchRows, 2, true);
                Check<V512>(graph, layout, isReverse, LoopSplit.HiddenUnits, 2, true);
                Check<V128>(graph, layout, isReverse, LoopSplit.HiddenUnits, 3, false);
            }
        }
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("gru-before")]
    [InlineData("jordan")]
    [InlineData("clockwork-2-3")]
    public void Passes_WhateverTheSplitAndTheRegisterWidth_GiveTheSameBits(string cell)
    {
        StepGraph graph = Graph(cell, 37);
        SequenceLayout layout = new([9, 9, 7, 2, 1], 11);
        LoopData data = new(graph, layout, 5);
        ReferenceSequencePass pass = Reference(graph, layout, true, data, true).Forward;
        LoopRun expected = LoopRun.Execute<V1>(graph, layout, true, data, pass, LoopSplit.Single, 1, true);
        LoopRun[] others =
        [
            LoopRun.Execute<V512>(graph, layout, true, data, pass, LoopSplit.Single, 1, true),
            LoopRun.Execute<V512>(graph, layout, true, data, pass, LoopSplit.HiddenUnits, 3, true),
            LoopRun.Execute<V256>(graph, layout, true, data, pass, LoopSplit.BatchRows, 2, true),
            LoopRun.Execute<V128>(graph, layout, true, data, pass, LoopSplit.HiddenUnits, 2, true),
        ];
        foreach (LoopRun other in others)
        {
            foreach (((string name, float[] values), (_, float[] actual)) in expected.All().Zip(other.All()))
            {
                ElementwiseAssert.SameBits(values, actual, $"{cell} {name}");
            }
        }
    }

    [Fact]
    public void Prepare_GraphWithReduction_RefusesWithTheNodesName()
    {
        StepGraph graph = Graph("elman", 4);
        graph = graph with
        {
            Values = [new StepValue("pre", 4), new StepValue("sum", 1)],
            Nodes = [.. graph.Nodes, new ReductionNode("mean of pre", ReductionAxis.Row, 0, 1, 4)],
        };
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        SimdSequenceExecutor<V256> executor = new(device);
        DeviceException exception = Assert.Throws<DeviceException>(
            () => executor.Prepare(new SequenceLoopRequest(graph, SequenceLayout.Full(2, 2), false, false)));
        Assert.Contains("node 'mean of pre' is a reduction", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_AllocatesScratchOnTheDevice_AndDisposeGivesAllOfItBack()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 2 });
        SimdSequenceExecutor<V256> executor = new(device);
        ISequenceLoop loop = executor.Prepare(new SequenceLoopRequest(Graph("lstm", 24), SequenceLayout.Full(4, 6), false, true));
        Assert.True(device.AllocatedBytes > 0);
        Assert.NotEmpty(loop.Description);
        loop.Dispose();
        Assert.Equal(0, device.AllocatedBytes);
    }

    [Theory]
    [InlineData("lstm", true, LoopSplit.HiddenUnits, true)]
    [InlineData("lstm", true, LoopSplit.BatchRows, true)]
    [InlineData("lstm", true, LoopSplit.Single, false)]
    [InlineData("lstm", false, LoopSplit.Single, true)]
    [InlineData("factor", true, LoopSplit.HiddenUnits, false)]
    [InlineData("factor", false, LoopSplit.HiddenUnits, true)]
    public void Prepare_InTraining_LeavesToThePlanWhatGradientsReadAgain_AndWhatOneThreadWouldRun(string cell, bool needsGradient, LoopSplit split, bool multiplies)
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 2 });
        SimdSequenceExecutor<V256> executor = new(device, split);
        using ISequenceLoop loop = executor.Prepare(new SequenceLoopRequest(Graph(cell, 24), SequenceLayout.Full(4, 6), false, needsGradient));
        Assert.Equal(multiplies, loop.MultipliesSequences);
    }

    private static StepGraph Graph(string cell, int hiddenSize) => cell switch
    {
        "factor" => FactorNode.Graph(InputSize, hiddenSize),
        "peephole" => PeepholeNode.Graph(InputSize, hiddenSize),
        "below" => BelowStateNode.Graph(InputSize, hiddenSize),
        "jordan" => JordanNodes.Graph(InputSize, hiddenSize, (hiddenSize / 2) + 1),
        "gru-before" => new GruCell(GruReset.BeforeProduct).BuildGraph(InputSize, hiddenSize),
        _ => GpuRnn.Scheduling.Cells.Cells.Parse(cell).BuildGraph(InputSize, hiddenSize),
    };

    private static IEnumerable<SequenceLayout> Layouts() =>
    [
        SequenceLayout.Full(1, 1),
        SequenceLayout.Full(5, 13),
        new SequenceLayout([9, 9, 4, 1], 11),
    ];

    private static (ReferenceSequencePass Forward, ReferenceSequenceGradients Backward) Reference(
        StepGraph graph, SequenceLayout layout, bool isReverse, LoopData data, bool hasStates)
    {
        ReferenceSequence reference = new(graph, layout, isReverse);
        List<double[]> initial = hasStates ? LoopData.Widen(data.InitialStates) : [.. data.InitialStates.Select(state => new double[state.Length])];
        List<double[]> final = hasStates ? LoopData.Widen(data.FinalStateGradients) : [.. data.FinalStateGradients.Select(state => new double[state.Length])];
        ReferenceSequencePass pass = reference.Forward(
            LoopData.Widen(data.Sequences),
            data.Parameters.ToDictionary(entry => entry.Key, entry => entry.Value.Select(value => (double)value).ToArray()),
            initial);
        return (pass, reference.Backward(pass, LoopData.Widen(data.StateGradients), final));
    }

    private static void Check<TLane>(StepGraph graph, SequenceLayout layout, bool isReverse, LoopSplit split, int threads, bool hasStates)
        where TLane : struct, IVectorLane<TLane>
    {
        LoopData data = new(graph, layout, 11);
        (ReferenceSequencePass pass, ReferenceSequenceGradients gradients) = Reference(graph, layout, isReverse, data, hasStates);
        LoopRun run = LoopRun.Execute<TLane>(graph, layout, isReverse, data, pass, split, threads, hasStates);
        string what = $"{graph.Name} H={graph.States[0].Width} T={layout.TimeSteps} B={layout.BatchSize} reverse={isReverse} {split} {typeof(TLane).Name}";
        int longest = graph.StepProducts.Max(product => Math.Max(product.SourceWidth, product.Rows));
        ToleranceSpec forward = Tolerances.Single(longest, layout.TimeSteps, Magnitude(pass.States, 2));
        ToleranceSpec backward = Tolerances.Single(longest, 2 * layout.TimeSteps, Magnitude(gradients.States.Append(gradients.Inputs), 2));
        for (int state = 0; state < graph.States.Count; state++)
        {
            ElementwiseAssert.Close(pass.States[state], run.States[state], forward, $"{what}: state {state}");
            ElementwiseAssert.Close(pass.FinalStates[state], run.FinalStates[state], forward, $"{what}: final state {state}");
            if (hasStates)
            {
                ElementwiseAssert.Close(gradients.InitialStates[state], run.InitialStateGradients[state], backward, $"{what}: gradient of initial state {state}");
            }
        }

        ElementwiseAssert.Close(gradients.Inputs, run.InputGradients, backward, $"{what}: input gradients");
        CheckProducts(graph, layout, gradients, run, backward, what);
        for (int parameter = 0; parameter < graph.Parameters.Count; parameter++)
        {
            ToleranceSpec summed = Tolerances.Single(longest + layout.TotalRows, 2 * layout.TimeSteps, layout.TotalRows * Magnitude(gradients.States, 2));
            ElementwiseAssert.Close(gradients.Parameters[graph.Parameters[parameter].Name], run.ParameterGradients[parameter], summed, $"{what}: vector gradients");
        }
    }

    private static void CheckProducts(
        StepGraph graph, SequenceLayout layout, ReferenceSequenceGradients gradients, LoopRun run, ToleranceSpec tolerance, string what)
    {
        int offset = 0;
        int index = 0;
        foreach (ProductNode product in graph.StepProducts)
        {
            double[] expected = new double[layout.TotalRows * product.Rows];
            for (int row = 0; row < layout.TotalRows; row++)
            {
                Array.Copy(gradients.Products, (row * graph.ProductWidth) + offset, expected, row * product.Rows, product.Rows);
            }

            ElementwiseAssert.Close(expected, run.ProductGradients[index++], tolerance, $"{what}: gradients of product '{product.Name}'");
            offset += product.Rows;
        }
    }

    private static double Magnitude(IEnumerable<double[]> arrays, double atLeast) =>
        Math.Max(atLeast, arrays.SelectMany(array => array).Select(Math.Abs).DefaultIfEmpty(0).Max());
}
