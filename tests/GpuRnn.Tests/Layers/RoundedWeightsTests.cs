using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Simd;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers;

/// <summary>Inference with weights of BFloat16 on the processor.</summary>
public sealed class RoundedWeightsTests
{
    private const int InputSize = 5;

    [Theory]
    [InlineData("lstm", 9, 1, 37)]
    [InlineData("lstm", 1, 1, 130)]
    [InlineData("lstm", 4, 3, 16)]
    [InlineData("lstm", 3, 1, 110)]
    [InlineData("gru", 7, 1, 130)]
    [InlineData("gru", 3, 4, 19)]
    [InlineData("elman", 7, 1, 200)]
    [InlineData("elman", 3, 2, 70)]
    [InlineData("peephole", 5, 1, 48)]
    [InlineData("indrnn", 5, 1, 48)]
    public void Forward_OfRoundedWeights_IsThatOfWeightsThatWereRoundedBefore(string cell, int timeSteps, int batchSize, int hiddenSize)
    {
        foreach (int threads in new[] { 1, 2 })
        {
            using CpuDevice device = Open(threads);
            using Recurrent rounded = Build(device, cell, hiddenSize, ProductPrecision.BFloat16);
            using Recurrent single = Build(device, cell, hiddenSize, ProductPrecision.Single);
            float[] input = TestDevice.Values(timeSteps * batchSize * InputSize, 5);
            float[] unrounded = Run(single, input, timeSteps, batchSize);
            Round(single);
            float[] expected = Run(single, input, timeSteps, batchSize);
            float[] actual = Run(rounded, input, timeSteps, batchSize);
            string what = $"{cell} T={timeSteps} B={batchSize} H={hiddenSize} threads={threads}";
            ElementwiseAssert.SameBits(expected, actual, what);
            Assert.NotEqual(unrounded, actual);
            double[][] parameters = [.. single.Parameters.Select(parameter => Array.ConvertAll(parameter.Value.ToArray(), value => (double)value))];
            ReferenceRecurrentPass pass = new ReferenceRecurrent(single.Cell, InputSize, hiddenSize, 2, false)
                .Forward(timeSteps, batchSize, Array.ConvertAll(input, value => (double)value), parameters);
            ElementwiseAssert.Close(pass.Output, actual, Tolerances.Single(2 * hiddenSize, 2 * timeSteps), what);
        }
    }

    [Fact]
    public void Step_OfRoundedWeights_GivesTheBitsOfTheWholeSequenceAndAllocatesNothing()
    {
        const int Steps = 6;
        using CpuDevice device = Open(2);
        using Recurrent layer = Build(device, "lstm", 130, ProductPrecision.BFloat16, isStateful: true);
        float[] input = TestDevice.Values(Steps * InputSize, 5);
        float[] expected = Run(layer, input, Steps, 1);
        using StreamingModel stream = new(layer, 1, InputSize);
        float[] actual = new float[expected.Length];
        long bytes = 0;
        for (int step = 0; step < Steps; step++)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            ReadOnlySpan<float> output = stream.Step(input.AsSpan(step * InputSize, InputSize));
            bytes = step == 0 ? 0 : bytes + GC.GetAllocatedBytesForCurrentThread() - start;
            output.CopyTo(actual.AsSpan(step * output.Length));
        }

        ElementwiseAssert.SameBits(expected, actual, "steps one by one");
        Assert.Equal(0, bytes);
    }

    [Fact]
    public void Forward_AfterAWriteToTheWeights_RoundsTheNewOnes()
    {
        using CpuDevice device = Open(1);
        using Recurrent layer = Build(device, "lstm", 16, ProductPrecision.BFloat16);
        float[] input = TestDevice.Values(InputSize, 5);
        float[] before = Run(layer, input, 1, 1);
        layer.Parameters[0].Value.CopyFrom(TestDevice.Values(layer.Parameters[0].Value.Length, 8));
        Assert.NotEqual(before, Run(layer, input, 1, 1));
    }

    [Fact]
    public void Forward_WhereWeightsAreNotRounded_IsRefusedWithTheReason()
    {
        using CpuDevice device = Open(1);
        using Recurrent plain = Build(device, "lstm", 8, ProductPrecision.BFloat16);
        AssertRefused(plain, 1, isTraining: true, "the processor rounds weights in inference alone");
        AssertRefused(plain, 5, isTraining: false, "the processor rounds weights for at most 4 rows, whose time is that of reading them, but B=5");
        using Recurrent normalised = Build(device, "lstm", 8, ProductPrecision.BFloat16, step: new StepOptions { LayerNorm = true });
        AssertRefused(normalised, 1, isTraining: false, "without normalisations alone");
        using Recurrent tensor = Build(device, "lstm", 8, ProductPrecision.TensorFloat32);
        AssertRefused(tensor, 1, isTraining: false, "multiply in single precision");
    }

    private static void AssertRefused(Recurrent layer, int batchSize, bool isTraining, string reason)
    {
        using Tape tape = isTraining ? new Tape(layer.Device) : Tape.Inference(layer.Device);
        DeviceException exception = Assert.Throws<DeviceException>(
            () => layer.Forward(tape, tape.Input(new float[batchSize * InputSize], 1, batchSize, InputSize)));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    private static CpuDevice Open(int threads)
    {
        CpuDevice device = new(new CpuDeviceOptions { ThreadCount = threads });
        SimdExecutors.Register(device);
        return device;
    }

    private static Recurrent Build(
        Device device, string cell, int hiddenSize, ProductPrecision precision, bool isStateful = false, StepOptions? step = null)
    {
        RecurrentOptions options = new()
        {
            InputSize = InputSize, HiddenSize = hiddenSize, LayerCount = 2, Precision = precision, IsStateful = isStateful, Step = step ?? StepOptions.None,
        };
        return new Recurrent(device, Cells.Parse(cell), options, new RandomSource(3));
    }

    private static float[] Run(Recurrent layer, float[] input, int timeSteps, int batchSize)
    {
        using Tape tape = Tape.Inference(layer.Device);
        layer.ResetState();
        return layer.Forward(tape, tape.Input(input, timeSteps, batchSize, InputSize)).Output.ToArray();
    }

    // To eight significant binary digits, ties to even, by arithmetic of its own.
    private static void Round(Recurrent layer)
    {
        foreach (Tensor weight in layer.Parameters.Where(parameter => parameter.Value.Rank == 2).Select(parameter => parameter.Value))
        {
            weight.CopyFrom(Array.ConvertAll(weight.ToArray(), value =>
            {
                double unit = value == 0.0f ? 1.0 : Math.ScaleB(1.0, Math.ILogB(value) - 7);
                return (float)(Math.Round(value / unit, MidpointRounding.ToEven) * unit);
            }));
        }
    }
}
