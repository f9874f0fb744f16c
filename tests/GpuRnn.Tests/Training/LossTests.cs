using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

public sealed class LossTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public static TheoryData<string> MeanCases =>
        [.. VectorFile.CaseNames("losses").Where(name => name.EndsWith(".mean", StringComparison.Ordinal))];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(MeanCases))]
    public void Loss_MatchesPyTorchInValueAndGradient(string name)
    {
        VectorCase vector = VectorFile.Load("losses").Cases[name];
        using Tape tape = new(_device);
        float[] values = vector.Singles("input");
        using Tensor input = Tensor.FromArray(_device, values, vector.Shape("input")).TrackGradient();
        Tensor loss = Compute(tape, input, vector);
        tape.Backward(loss);

        // Each term errs by roundings of the largest magnitude in it: the logits' spread, or the squared distance.
        double magnitude = Math.Max(16.0, values.Max(Math.Abs));
        ElementwiseAssert.Close(vector.Doubles("loss"), loss.ToArray(), Tolerances.Single(values.Length, 1, magnitude), "loss");
        ElementwiseAssert.Close(
            vector.Doubles("grad/input"), input.Gradient!.ToArray(), Tolerances.Single(values.Length, 1, 1.0), "gradient", vector.Shape("input"));
    }

    [Fact]
    public void CrossEntropy_WithAClassOutOfRange_NamesRowAndRange()
    {
        using Tape tape = new(_device);
        using Tensor logits = Tensor.Zeros(_device, 2, 3);
        ArgumentOutOfRangeException error =
            Assert.Throws<ArgumentOutOfRangeException>(() => Losses.SoftmaxCrossEntropy(tape, logits, [0, 3]));
        Assert.Contains("row 1 is 3", error.Message);
        Assert.Contains("0 to 2", error.Message);
    }

    [Fact]
    public void CrossEntropy_WithTooFewClasses_NamesBothCounts()
    {
        using Tape tape = new(_device);
        using Tensor logits = Tensor.Zeros(_device, 2, 3);
        Assert.Contains("2 rows", Assert.Throws<ShapeException>(() => Losses.SoftmaxCrossEntropy(tape, logits, [0])).Message);
    }

    [Fact]
    public void Loss_OfDifferentShapes_NamesBoth()
    {
        using Tape tape = new(_device);
        using Tensor prediction = Tensor.Zeros(_device, 2, 3);
        using Tensor target = Tensor.Zeros(_device, 2, 1);
        ShapeException error = Assert.Throws<ShapeException>(() => Losses.MeanSquaredError(tape, prediction, target));
        Assert.Contains("[2, 3]", error.Message);
        Assert.Contains("[2, 1]", error.Message);
    }

    private Tensor Compute(Tape tape, Tensor input, VectorCase vector)
    {
        string kind = vector.Config.GetProperty("loss").GetString()!;
        if (kind == "cross_entropy")
        {
            return Losses.SoftmaxCrossEntropy(tape, input, vector.Integers("target"), vector.Config.GetProperty("ignoreIndex").GetInt32());
        }

        Tensor target = tape.Input(vector.Singles("target"), vector.Shape("target"));
        return kind switch
        {
            "mse" => Losses.MeanSquaredError(tape, input, target),
            "l1" => Losses.MeanAbsoluteError(tape, input, target),
            "huber" => Losses.Huber(tape, input, target, vector.Config.GetProperty("delta").GetSingle()),
            _ => throw new InvalidOperationException(kind),
        };
    }
}
