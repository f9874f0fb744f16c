using GpuRnn.Devices;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Losses;
using GpuRnn.Kernels.Reductions;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Losses;

public sealed class LossTests
{
    public static TheoryData<string> VectorNames => [.. VectorFile.CaseNames("losses")];

    [Theory]
    [MemberData(nameof(VectorNames))]
    public void Reference_StoredVector_GivesPyTorchsLossAndGradient(string name)
    {
        VectorCase vector = VectorFile.Load("losses").Cases[name];
        double[] input = vector.Doubles("input");
        double sum;
        double count = input.Length;
        double[] gradient = new double[input.Length];
        if (Kind(vector) == "cross_entropy")
        {
            (sum, count) = SoftmaxCrossEntropyReference.Evaluate(
                input, vector.Integers("target"), vector.Shape("input")[1], IgnoreIndex(vector), gradient);
        }
        else
        {
            double[] target = vector.Doubles("target");
            F64 delta = new(Delta(vector));
            sum = 0.0;
            for (int i = 0; i < input.Length; i++)
            {
                (F64 value, F64 derivative) = Element(Kind(vector), new F64(input[i]), new F64(target[i]), delta);
                sum += value.Value;
                gradient[i] = derivative.Value;
            }
        }

        double divisor = IsMean(vector) ? count : 1.0;
        ElementwiseAssert.Close(vector.Doubles("loss"), [sum / divisor], Tolerances.StoredVectors, $"{name}: loss");
        ElementwiseAssert.Close(
            vector.Doubles("grad/input"), Array.ConvertAll(gradient, value => value / divisor), Tolerances.StoredVectors, $"{name}: gradient");
    }

    [Theory]
    [MemberData(nameof(VectorNames))]
    public void Kernels_StoredVector_GivePyTorchsLossAndGradient(string name)
    {
        using KernelRunner runner = new();
        VectorCase vector = VectorFile.Load("losses").Cases[name];
        float[] input = vector.Singles("input");
        DeviceBuffer<float> predictions = runner.Upload(input);
        DeviceBuffer<float> gradients = runner.Unset(input.Length);
        DeviceBuffer<float> sum = runner.Unset(1);
        DeviceBuffer<float> count = runner.Upload((float)input.Length);
        DeviceBuffer<float> scale = runner.Upload(1f);
        DeviceBuffer<float> loss = runner.Unset(1);
        int terms;
        double magnitude;
        if (Kind(vector) == "cross_entropy")
        {
            int classes = vector.Shape("input")[1];
            terms = vector.Shape("input")[0];
            magnitude = terms * (1.0 + (2.0 * input.Max(Math.Abs)));
            DeviceBuffer<int> targets = runner.Upload(vector.Integers("target"));
            DeviceBuffer<float> rowLosses = runner.Unset(terms);
            DeviceBuffer<float> rowCounts = runner.Unset(terms);
            runner.Run(typeof(SoftmaxCrossEntropy), "Forward", terms, predictions, targets, rowLosses, rowCounts, classes, IgnoreIndex(vector));
            AddUp(runner, rowLosses, sum);
            AddUp(runner, rowCounts, count);
            Mean(runner, vector, count, scale);
            runner.Run(typeof(SoftmaxCrossEntropy), "Backward", terms, predictions, targets, scale, gradients, classes, IgnoreIndex(vector));
        }
        else
        {
            terms = input.Length;
            magnitude = terms * 16.0;
            Type kernel = KernelOf(Kind(vector));
            DeviceBuffer<float> targets = runner.Upload(vector.Singles("target"));
            DeviceBuffer<float> losses = runner.Unset(terms);
            object[] delta = kernel == typeof(Huber) ? [(float)Delta(vector)] : [];
            runner.Run(kernel, "Forward", terms, [predictions, targets, losses, .. delta]);
            AddUp(runner, losses, sum);
            Mean(runner, vector, count, scale);
            runner.Run(kernel, "Backward", terms, [predictions, targets, scale, gradients, .. delta]);
        }

        runner.Run(typeof(Multiply), "Forward", 1, sum, scale, loss);
        ElementwiseAssert.Close(vector.Doubles("loss"), KernelRunner.Read(loss), Tolerances.Single(terms, 1, magnitude), $"{name}: loss");
        ElementwiseAssert.Close(
            vector.Doubles("grad/input"), KernelRunner.Read(gradients), Tolerances.Single(terms, 1, 1.0 + input.Max(Math.Abs)), $"{name}: gradient");
    }

    [Theory]
    [InlineData("mse")]
    [InlineData("l1")]
    [InlineData("huber")]
    public void Kernels_AnySize_MatchTheDoubleReference(string kind)
    {
        using KernelRunner runner = new();
        Type kernel = KernelOf(kind);
        object[] delta = kernel == typeof(Huber) ? [0.75f] : [];
        foreach (int size in new[] { 0, 1, 7, 1023, 1024, 1025, 100_003 })
        {
            float[] input = Numbers.Singles(1, size, 2.0);
            float[] target = Numbers.Singles(2, size, 2.0);
            DeviceBuffer<float> terms = runner.Unset(size);
            DeviceBuffer<float> gradients = runner.Unset(size);
            runner.Run(kernel, "Forward", size, [runner.Upload(input), runner.Upload(target), terms, .. delta]);
            runner.Run(kernel, "Backward", size, [runner.Upload(input), runner.Upload(target), runner.Upload(0.5f), gradients, .. delta]);

            (F64 Value, F64 Derivative) At(int i) => Element(kind, new F64(input[i]), new F64(target[i]), new F64(0.75));
            ElementwiseAssert.Close(Numbers.Map(size, i => At(i).Value.Value), KernelRunner.Read(terms), Tolerances.Single(0, 1, 16.0), kind);
            ElementwiseAssert.Close(
                Numbers.Map(size, i => 0.5 * At(i).Derivative.Value), KernelRunner.Read(gradients), Tolerances.Single(0, 1, 4.0), kind);
        }
    }

    [Theory]
    [InlineData("mse")]
    [InlineData("l1")]
    [InlineData("huber")]
    public void Derivative_AwayFromKinks_MatchesCentralDifferences(string kind)
    {
        foreach (double prediction in new[] { -1.9, -0.4, 0.1, 0.6, 2.3 })
        {
            double[] point = [prediction];
            double[] expected = CentralDifference.Gradient(point, () => Element(kind, new F64(point[0]), new F64(0.3), new F64(0.75)).Value.Value);
            double actual = Element(kind, new F64(prediction), new F64(0.3), new F64(0.75)).Derivative.Value;
            ElementwiseAssert.Close(expected, [actual], Tolerances.GradientCheck, $"{kind} at {prediction}");
        }
    }

    [Fact]
    public void MeanAbsoluteError_AtTheKinkAndAtNaN_GivesZeroAndNaN()
    {
        Assert.Equal(0f, MeanAbsoluteError.Derivative(new F32(2f), new F32(2f)).Value);
        Assert.Equal(float.NaN, MeanAbsoluteError.Derivative(new F32(float.NaN), new F32(2f)).Value);
    }

    [Fact]
    public void CrossEntropy_TargetOutsideTheClasses_MakesItsRowNaN()
    {
        using KernelRunner runner = new();
        DeviceBuffer<float> terms = runner.Unset(2);
        DeviceBuffer<float> gradients = runner.Upload(0f, 0f, 0f, 0f);
        DeviceBuffer<float> logits = runner.Upload(1f, 2f, 3f, 4f);
        DeviceBuffer<int> targets = runner.Upload(2, 1);
        runner.Run(typeof(SoftmaxCrossEntropy), "Forward", 2, logits, targets, terms, runner.Unset(2), 2, -100);
        runner.Run(typeof(SoftmaxCrossEntropy), "Backward", 2, logits, targets, runner.Upload(1f), gradients, 2, -100);
        Assert.Equal([true, false], KernelRunner.Read(terms).Select(float.IsNaN));
        Assert.Equal([true, true, false, false], KernelRunner.Read(gradients).Select(float.IsNaN));
    }

    private static (F64 Value, F64 Derivative) Element(string kind, F64 prediction, F64 target, F64 delta) => kind switch
    {
        "mse" => (MeanSquaredError.Value(prediction, target), MeanSquaredError.Derivative(prediction, target)),
        "l1" => (MeanAbsoluteError.Value(prediction, target), MeanAbsoluteError.Derivative(prediction, target)),
        "huber" => (Huber.Value(prediction, target, delta), Huber.Derivative(prediction, target, delta)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static Type KernelOf(string kind) => kind switch
    {
        "mse" => typeof(MeanSquaredError),
        "l1" => typeof(MeanAbsoluteError),
        "huber" => typeof(Huber),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static void AddUp(KernelRunner runner, DeviceBuffer<float> values, DeviceBuffer<float> result)
    {
        DeviceBuffer<float> partials = runner.Unset(Sum.BlockCount((int)values.Length));
        runner.Run(typeof(Sum), "Partial", (int)partials.Length, values, partials, (int)values.Length);
        runner.Run(typeof(Sum), "Finish", 1, partials, result, (int)partials.Length, 0);
    }

    private static void Mean(KernelRunner runner, VectorCase vector, DeviceBuffer<float> count, DeviceBuffer<float> scale)
    {
        if (IsMean(vector))
        {
            runner.Run(typeof(Divide), "Forward", 1, scale, count, scale);
        }
    }

    private static string Kind(VectorCase vector) => vector.Config.GetProperty("loss").GetString()!;

    private static bool IsMean(VectorCase vector) => vector.Config.GetProperty("reduction").GetString() == "mean";

    private static double Delta(VectorCase vector) => Kind(vector) == "huber" ? vector.Config.GetProperty("delta").GetDouble() : 1.0;

    private static int IgnoreIndex(VectorCase vector) => vector.Config.GetProperty("ignoreIndex").GetInt32();
}
