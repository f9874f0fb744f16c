using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Layers;

public sealed class GradientRecorderTests : IDisposable
{
    private const int TimeSteps = 5;
    private const int BatchSize = 3;
    private const int HiddenSize = 4;

    private readonly Device _device = DeviceCatalog.Open("cpu", threadCount: 1);

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Traces_OfALinearRecurrence_ShrinkByItsFactorEachStep()
    {
        using Recurrent layer = Make("elman-identity", layers: 1);
        SetRecurrentWeight(layer, 0.5f);
        layer.GradientRecorder = new GradientRecorder();
        RunPass(layer);

        // L = the sum of h_T, so every element of its gradient is 1, and half of that a step earlier.
        double last = Math.Sqrt(BatchSize * HiddenSize);
        GradientTrace trace = Assert.Single(layer.GradientRecorder.Traces);
        double[] expected = [.. Enumerable.Range(0, TimeSteps).Select(step => last * Math.Pow(0.5, TimeSteps - 1 - step))];
        ElementwiseAssert.Close(expected, [.. trace.Norms], Tolerances.Single(HiddenSize, TimeSteps, last), "norms");
    }

    [Fact]
    public void Traces_OfLayersAndDirections_StandInTheirOrder()
    {
        using Recurrent layer = Make("gru", layers: 2, bidirectional: true);
        layer.GradientRecorder = new GradientRecorder();
        RunPass(layer);
        Assert.Equal(
            [(0, false), (0, true), (1, false), (1, true)],
            layer.GradientRecorder.Traces.Select(trace => (trace.Layer, trace.IsReverse)));
        Assert.All(layer.GradientRecorder.Traces, trace => Assert.Equal(TimeSteps, trace.Norms.Count));

        // Only the last step of the output is summed, which in the reverse direction is the first one to run.
        Assert.Equal([0.0, 0.0, 0.0, 0.0], layer.GradientRecorder.Traces[3].Norms.Take(TimeSteps - 1));
    }

    [Fact]
    public void Recorder_TakenAway_LeavesTheFastScheduleAndItsMemory()
    {
        using Recurrent layer = Make("lstm", layers: 1);
        RunPass(layer);
        string before = layer.DescribePlan();
        layer.GradientRecorder = new GradientRecorder();
        RunPass(layer);
        Assert.Contains("the gradients of the states are to be recorded", layer.DescribePlan(), StringComparison.Ordinal);
        layer.GradientRecorder = null;
        RunPass(layer);
        Assert.Equal(before, layer.DescribePlan());
        Assert.Contains("persistent", before, StringComparison.Ordinal);
    }

    private Recurrent Make(string cell, int layers, bool bidirectional = false)
    {
        RecurrentOptions options = new() { InputSize = 2, HiddenSize = HiddenSize, LayerCount = layers, Bidirectional = bidirectional };
        return new Recurrent(_device, Cells.Parse(cell), options, new RandomSource(3));
    }

    private static void SetRecurrentWeight(Recurrent layer, float factor)
    {
        float[] weight = new float[HiddenSize * HiddenSize];
        for (int unit = 0; unit < HiddenSize; unit++)
        {
            weight[(unit * HiddenSize) + unit] = factor;
        }

        layer.Parameters.Single(parameter => parameter.Name == "weight_hh_l0").Value.CopyFrom(weight);
    }

    private void RunPass(Recurrent layer)
    {
        using Tape tape = new(_device);
        RandomSource random = new(4);
        float[] values = [.. Enumerable.Range(0, TimeSteps * BatchSize * 2).Select(_ => random.NextUniform(-1.0f, 1.0f))];
        Layer module = layer;
        Tensor output = module.Forward(tape, tape.Input(values, TimeSteps, BatchSize, 2));
        tape.Backward(Sum.Forward(tape, SliceTime.Forward(tape, output, TimeSteps - 1)));
    }
}
