using System.Text.Json;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Losses;
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
        double sum = 0.0;
        double weight = input.Length;
        double[] gradient = new double[input.Length];
        if (Kind(vector) == "cross_entropy")
        {
            (sum, weight) = SoftmaxCrossEntropyReference.Evaluate(
                input, vector.Integers("target"), vector.Shape("input")[1], IgnoreIndex(vector), gradient, Option(vector, "labelSmoothing", 0.0),
                vector.Has("class_weights") ? vector.Doubles("class_weights") : []);
        }
        else if (Kind(vector) == "gaussian")
        {
            double[] target = vector.Doubles("target");
            int columns = vector.Shape("target")[1];
            weight = target.Length;
            for (int i = 0; i < target.Length; i++)
            {
                int first = (i / columns * 2 * columns) + (i % columns);
                (F64 mean, F64 spread) = (new(input[first]), new(input[first + columns]));
                sum += GaussianLikelihood.Value(mean, spread, new F64(target[i]), new F64(Constant(vector))).Value;
                GaussianLikelihood.Derivatives(mean, spread, new F64(target[i]), out F64 byMean, out F64 bySpread);
                (gradient[first], gradient[first + columns]) = (byMean.Value, bySpread.Value);
            }
        }
        else
        {
            double[] target = vector.Doubles("target");
            double[] settings = Settings(vector);
            for (int i = 0; i < input.Length; i++)
            {
                (F64 value, F64 derivative) = Element(Kind(vector), new F64(input[i]), new F64(target[i]), new F64(settings[i % settings.Length]));
                sum += value.Value;
                gradient[i] = derivative.Value;
            }
        }

        double divisor = IsMean(vector) ? weight : 1.0;
        ElementwiseAssert.Close(vector.Doubles("loss"), [sum / divisor], Tolerances.StoredVectors, $"{name}: loss");
        ElementwiseAssert.Close(
            vector.Doubles("grad/input"), Array.ConvertAll(gradient, value => value / divisor), Tolerances.StoredVectors, $"{name}: gradient");
    }

    [Theory]
    [InlineData("mse")]
    [InlineData("l1")]
    [InlineData("huber")]
    [InlineData("quantile")]
    [InlineData("bce")]
    public void Kernel_AnySizeAndForm_MatchesTheDoubleReference(string kind)
    {
        using KernelRunner runner = new();
        int turn = 0;
        foreach ((int rows, int columns) in new[] { (0, 3), (1, 1), (1, 1025), (7, 1), (37, 33) })
        {
            int size = rows * columns;
            float[] input = Numbers.Singles(1, size, 2.0);
            float[] target = Array.ConvertAll(Numbers.Singles(2, size, 1.0), Math.Abs);
            float[] settings = Array.ConvertAll(Numbers.Singles(3, columns, 0.4), value => 0.5f + value);
            int form = turn++ % 3;
            float[] weights = Array.ConvertAll(Numbers.Singles(4, form == LossWeights.Rows ? rows : size, 1.0), value => Math.Max(0f, value));
            DeviceBuffer<float> terms = runner.Unset(size);
            DeviceBuffer<float> gradients = runner.Unset(size);
            runner.RunGeneric(
                typeof(ElementLoss), nameof(ElementLoss.Forward), KernelOf(kind), new Index2D(columns, rows),
                runner.Upload(input), runner.Upload(target), runner.Upload(weights), runner.Upload(settings), terms, gradients, columns, form, 1, 1, 0f, 0.5f);

            double Weight(int i) => form == LossWeights.None ? 1.0 : weights[form == LossWeights.Rows ? i / columns : i];
            (F64 Value, F64 Derivative) At(int i) => Element(kind, new F64(input[i]), new F64(target[i]), new F64(settings[i % columns]));
            ElementwiseAssert.Close(
                Numbers.Map(size, i => Weight(i) * At(i).Value.Value), KernelRunner.Read(terms), Tolerances.Single(0, 2, 16.0), kind);
            ElementwiseAssert.Close(
                Numbers.Map(size, i => 0.5 * Weight(i) * At(i).Derivative.Value), KernelRunner.Read(gradients), Tolerances.Single(0, 2, 4.0), kind);
        }
    }

    [Fact]
    public void Kernel_WithoutGradient_LeavesItsMemoryAlone()
    {
        using KernelRunner runner = new();
        DeviceBuffer<float> one = runner.Upload(3f);
        DeviceBuffer<float> gradients = runner.Upload(7f);
        runner.RunGeneric(
            typeof(ElementLoss), nameof(ElementLoss.Forward), typeof(SquaredError), new Index2D(1, 1),
            one, runner.Upload(1f), one, one, runner.Unset(1), gradients, 1, LossWeights.None, 0, 0, 0f, 1f);
        Assert.Equal([7f], KernelRunner.Read(gradients));
    }

    [Fact]
    public void Gaussian_Derivatives_MatchCentralDifferences()
    {
        double[] point = [0.4, -0.7];
        double[] expected = CentralDifference.Gradient(
            point, () => GaussianLikelihood.Value(new F64(point[0]), new F64(point[1]), new F64(1.1), F64.Zero).Value);
        GaussianLikelihood.Derivatives(new F64(point[0]), new F64(point[1]), new F64(1.1), out F64 byMean, out F64 bySpread);
        ElementwiseAssert.Close(expected, [byMean.Value, bySpread.Value], Tolerances.GradientCheck, "mean and log-variance");
    }

    [Fact]
    public void CrossEntropyReference_SmoothedAndWeighted_MatchesCentralDifferences()
    {
        double[] logits = [0.3, -1.2, 0.8, 1.5, 0.1, -0.4];
        double[] gradient = new double[6];
        double Sum(double[] at, Span<double> into) =>
            SoftmaxCrossEntropyReference.Evaluate(at, [2, 0], 3, -100, into, 0.2, [0.5, 2.0, 1.5], [1.0, 0.25]).Sum;
        Sum(logits, gradient);
        ElementwiseAssert.Close(CentralDifference.Gradient(logits, () => Sum(logits, [])), gradient, Tolerances.GradientCheck, "logits");
    }

    [Theory]
    [InlineData("mse")]
    [InlineData("l1")]
    [InlineData("huber")]
    [InlineData("quantile")]
    [InlineData("bce")]
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
    public void AbsoluteAndQuantileError_AtTheKinkAndAtNaN_GiveZeroAndNaN()
    {
        F32 two = new(2f);
        F32 none = new(float.NaN);
        F32 level = new(0.9f);
        Assert.Equal(0f, AbsoluteError.Derivative(two, two, level).Value);
        Assert.Equal(0f, QuantileError.Derivative(two, two, level).Value);
        Assert.Equal(float.NaN, AbsoluteError.Derivative(none, two, level).Value);
        Assert.Equal(float.NaN, QuantileError.Derivative(none, two, level).Value);
    }

    [Fact]
    public void WeightOfZero_BesideNaN_GivesZero()
    {
        Assert.Equal(0f, LossWeights.Apply(F32.Zero, new F32(float.NaN)).Value);
        Assert.Equal(float.NaN, LossWeights.Apply(F32.One, new F32(float.NaN)).Value);
    }

    [Fact]
    public void CrossEntropy_TargetOutsideTheClasses_MakesItsRowNaN()
    {
        using KernelRunner runner = new();
        DeviceBuffer<float> terms = runner.Unset(2);
        DeviceBuffer<float> gradients = runner.Upload(0f, 0f, 0f, 0f);
        DeviceBuffer<float> logits = runner.Upload(1f, 2f, 3f, 4f);
        DeviceBuffer<int> targets = runner.Upload(2, 1);
        runner.RunGeneric(
            typeof(SoftmaxCrossEntropy), "Forward", typeof(F32), 2, logits, targets, logits, logits, terms, gradients, 2, -100, 0, 0, 1, 0f, 1f);
        Assert.Equal([true, false], KernelRunner.Read(terms).Select(float.IsNaN));
        Assert.Equal([true, true, false, false], KernelRunner.Read(gradients).Select(float.IsNaN));
    }

    private static (F64 Value, F64 Derivative) Element(string kind, F64 prediction, F64 target, F64 setting) => kind switch
    {
        "mse" => Both<SquaredError>(prediction, target, setting),
        "l1" => Both<AbsoluteError>(prediction, target, setting),
        "huber" => Both<HuberError>(prediction, target, setting),
        "quantile" => Both<QuantileError>(prediction, target, setting),
        "bce" => Both<LogisticError>(prediction, target, setting),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static (F64 Value, F64 Derivative) Both<TLoss>(F64 prediction, F64 target, F64 setting)
        where TLoss : struct, IElementLoss =>
        (TLoss.Value(prediction, target, setting), TLoss.Derivative(prediction, target, setting));

    private static Type KernelOf(string kind) => kind switch
    {
        "mse" => typeof(SquaredError),
        "l1" => typeof(AbsoluteError),
        "huber" => typeof(HuberError),
        "quantile" => typeof(QuantileError),
        "bce" => typeof(LogisticError),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static double[] Settings(VectorCase vector) =>
        vector.Has("positive_weights") ? vector.Doubles("positive_weights")
        : vector.Config.TryGetProperty("levels", out JsonElement levels) ? [.. levels.EnumerateArray().Select(level => level.GetDouble())]
        : [Option(vector, "delta", 1.0)];

    private static double Constant(VectorCase vector) =>
        vector.Config.GetProperty("withConstant").GetBoolean() ? 0.5 * Math.Log(2.0 * Math.PI) : 0.0;

    private static string Kind(VectorCase vector) => vector.Config.GetProperty("loss").GetString()!;

    private static bool IsMean(VectorCase vector) => vector.Config.GetProperty("reduction").GetString() == "mean";

    private static double Option(VectorCase vector, string name, double otherwise) =>
        vector.Config.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : otherwise;

    private static int IgnoreIndex(VectorCase vector) => vector.Config.GetProperty("ignoreIndex").GetInt32();
}
