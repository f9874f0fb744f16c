using System.Text.Json;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
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
    public void Losses_WithAbsentTargets_AreTheMeanOverThePresentOnes()
    {
        float[] present = TestDevice.Values(3 * 2 * 4, 3);
        float[] withAbsent = [.. present[..8], .. Enumerable.Repeat(float.NaN, 4), .. present[8..]];
        float[] weights = [1, 1, 0, 1, 1, 1, 1];
        float[] shortTargets = TestDevice.Values(6 * 2, 4);
        float[] longTargets = [.. shortTargets[..4], float.NaN, float.NaN, .. shortTargets[4..]];
        Func<Tape, Tensor, Tensor, float[]?, Tensor>[] losses =
        [
            (tape, p, t, w) => Losses.MeanSquaredError(tape, p, t, w),
            (tape, p, t, w) => Losses.MeanAbsoluteError(tape, p, t, w),
            (tape, p, t, w) => Losses.Huber(tape, p, t, 0.5f, w),
            (tape, p, t, w) => Losses.Quantile(tape, p, t, [0.1f, 0.5f, 0.5f, 0.9f], w),
            (tape, p, t, w) => Losses.BinaryCrossEntropy(tape, p, t, [2.0f], w),
            (tape, p, t, w) => Losses.GaussianNegativeLogLikelihood(tape, p, tape.Input(w is null ? shortTargets : longTargets, t.Shape[0], 2), w),
            (tape, p, t, w) => Losses.SoftmaxCrossEntropy(tape, p, w is null ? [0, 1, 2, 3, 0, 1] : [0, 1, 3, 2, 3, 0, 1], labelSmoothing: 0.1f, weights: w),
        ];
        foreach (Func<Tape, Tensor, Tensor, float[]?, Tensor> loss in losses)
        {
            (float expected, float[] expectedGradient) = Evaluate(loss, [6, 4], present, null);
            (float actual, float[] gradient) = Evaluate(loss, [7, 4], withAbsent, weights);
            Assert.Equal(expected, actual, 1e-6f);
            ElementwiseAssert.SameBits([.. expectedGradient[..8], 0, 0, 0, 0, .. expectedGradient[8..]], gradient, "gradient");
        }
    }

    [Fact]
    public void BatchLoss_WithAMask_CountsTheStepsThatAreThere()
    {
        // [T=2, B=2, F=1]; the second step of row 1 is absent.
        Batch batch = new()
        {
            Inputs = [0, 0, 0, 0],
            InputShape = [2, 2, 1],
            Mask = SequenceMask.FromLengths(2, 2, 1),
            Targets = [1, 2, 3, 100],
            TargetShape = [2, 2, 1],
            SequenceCount = 2,
        };
        using Tape tape = new(_device);
        Assert.Equal((1f + 4f + 9f) / 3f, Losses.MeanSquaredError(tape, tape.Input([0, 0, 0, 0], 2, 2, 1), batch).Item(), 1e-6f);
        Batch weighted = new()
        {
            Inputs = [],
            InputShape = [0],
            Targets = [1, 2],
            TargetShape = [2, 1],
            TargetWeights = [3, 1],
            SequenceCount = 2,
        };
        Assert.Equal(((3f * 1f) + 4f) / 4f, Losses.MeanSquaredError(tape, tape.Input([0, 0], 2, 1), weighted).Item(), 1e-6f);
    }

    [Fact]
    public void Backward_ThroughMoreThanTheLoss_ScalesItsGradient()
    {
        using Tape tape = new(_device);
        using Tensor prediction = Tensor.FromArray(_device, [3.0f], 1).TrackGradient();
        Tensor loss = Losses.MeanSquaredError(tape, prediction, tape.Input([1.0f], 1));
        tape.Backward(Add.Forward(tape, loss, Add.Forward(tape, loss, loss)));
        Assert.Equal([12.0f], prediction.Gradient!.ToArray());
    }

    [Fact]
    public void Loss_WithoutAnyTarget_IsNaNAndHasNoGradient()
    {
        (float loss, float[] gradient) = Evaluate((tape, p, t, w) => Losses.MeanSquaredError(tape, p, t, w), [2, 1], [1, 2], [0, 0]);
        Assert.Equal(float.NaN, loss);
        Assert.Equal([0, 0], gradient);
    }

    [Fact]
    public void Loss_WithWeightsThatDoNotFit_SaysWhatWould()
    {
        using Tape tape = new(_device);
        using Tensor prediction = Tensor.Zeros(_device, 2, 3);
        ShapeException count = Assert.Throws<ShapeException>(() => Losses.MeanSquaredError(tape, prediction, prediction, [1, 1, 1]));
        Assert.Contains("Pass 2 weights for rows, or 6 for elements", count.Message, StringComparison.Ordinal);
        ArgumentOutOfRangeException sign = Assert.Throws<ArgumentOutOfRangeException>(() => Losses.MeanSquaredError(tape, prediction, prediction, [1, -1]));
        Assert.Contains("weight 1 is -1", sign.Message, StringComparison.Ordinal);
        Assert.Contains("weight 0 is NaN", Assert.Throws<ArgumentOutOfRangeException>(
            () => Losses.SoftmaxCrossEntropy(tape, prediction, [0, 1], weights: [float.NaN, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("2 class weights arrived, but there are 3 classes", Assert.Throws<ShapeException>(
            () => Losses.SoftmaxCrossEntropy(tape, prediction, [0, 1], classWeights: [1, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("1 weights arrived, but there are 2 rows", Assert.Throws<ShapeException>(
            () => Losses.SoftmaxCrossEntropy(tape, prediction, [0, 1], weights: [1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loss_WithASettingOutOfRange_IsRefused()
    {
        using Tape tape = new(_device);
        using Tensor prediction = Tensor.Zeros(_device, 2, 3);
        Assert.Contains("levels", Assert.Throws<ArgumentOutOfRangeException>(() => Losses.Quantile(tape, prediction, prediction, [1.0f])).Message, StringComparison.Ordinal);
        Assert.Contains("columns of [2, 3]", Assert.Throws<ShapeException>(() => Losses.Quantile(tape, prediction, prediction, [0.1f, 0.9f])).Message, StringComparison.Ordinal);
        Assert.Contains("positiveWeights", Assert.Throws<ArgumentOutOfRangeException>(() => Losses.BinaryCrossEntropy(tape, prediction, prediction, [-1f])).Message, StringComparison.Ordinal);
        Assert.Contains("smoothing", Assert.Throws<ArgumentOutOfRangeException>(() => Losses.SoftmaxCrossEntropy(tape, prediction, [0, 1], labelSmoothing: 1f)).Message, StringComparison.Ordinal);
        Assert.Contains("twice as many", Assert.Throws<ShapeException>(() => Losses.GaussianNegativeLogLikelihood(tape, prediction, prediction)).Message, StringComparison.Ordinal);
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

    private (float Loss, float[] Gradient) Evaluate(
        Func<Tape, Tensor, Tensor, float[]?, Tensor> loss, int[] shape, float[] values, float[]? weights)
    {
        using Tape tape = new(_device);
        float[] finite = Array.ConvertAll(values, value => float.IsNaN(value) ? 0.0f : value);
        using Tensor prediction = Tensor.FromArray(_device, finite, shape).TrackGradient();
        Tensor result = loss(tape, prediction, tape.Input(Array.ConvertAll(values, Math.Abs), shape), weights);
        tape.Backward(result);
        return (result.Item(), prediction.Gradient!.ToArray());
    }

    private Tensor Compute(Tape tape, Tensor input, VectorCase vector)
    {
        string kind = vector.Config.GetProperty("loss").GetString()!;
        if (kind == "cross_entropy")
        {
            float smoothing = vector.Config.TryGetProperty("labelSmoothing", out JsonElement share) ? share.GetSingle() : 0.0f;
            float[]? classWeights = vector.Has("class_weights") ? vector.Singles("class_weights") : null;
            int ignoreIndex = vector.Config.GetProperty("ignoreIndex").GetInt32();
            return Losses.SoftmaxCrossEntropy(tape, input, vector.Integers("target"), ignoreIndex, smoothing, classWeights);
        }

        Tensor target = tape.Input(vector.Singles("target"), vector.Shape("target"));
        return kind switch
        {
            "mse" => Losses.MeanSquaredError(tape, input, target),
            "l1" => Losses.MeanAbsoluteError(tape, input, target),
            "huber" => Losses.Huber(tape, input, target, vector.Config.GetProperty("delta").GetSingle()),
            "quantile" => Losses.Quantile(
                tape, input, target, [.. vector.Config.GetProperty("levels").EnumerateArray().Select(level => level.GetSingle())]),
            "bce" => Losses.BinaryCrossEntropy(
                tape, input, target, vector.Has("positive_weights") ? vector.Singles("positive_weights") : null),
            "gaussian" => Losses.GaussianNegativeLogLikelihood(
                tape, input, target, withConstant: vector.Config.GetProperty("withConstant").GetBoolean()),
            _ => throw new InvalidOperationException(kind),
        };
    }
}
