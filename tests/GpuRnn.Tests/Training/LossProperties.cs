using FsCheck;
using FsCheck.Fluent;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Tests.TestSupport;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>Losses of any shapes, weights and lengths are their formula and its gradient, or are refused with an error that names what arrived.</summary>
public sealed class LossProperties : IDisposable
{
    private static readonly string[] s_kinds = ["squared", "absolute", "huber", "quantile", "logistic", "gaussian"];

    private readonly Device _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Losses_OfAnyShapeAndWeights_AreTheirFormulaOrRefusedByName()
    {
        Gen<(string Kind, int[] Shape, int[] TargetShape, int? WeightCount, int Seed)> cases =
            from kind in Gen.Elements(s_kinds)
            from rows in Gen.Choose(1, 4).ArrayOf(2)
            from columns in Gen.Choose(1, 3)
            from rank in Gen.Choose(0, 2)
            let target = (int[])[.. rows.Take(rank), columns]
            from other in Gen.Frequency((6, Gen.Constant(target)), (1, Gen.Choose(1, 3).ArrayOf(2)))
            let rowCount = target[..^1].Aggregate(1, (product, axis) => product * axis)
            from weights in Gen.Frequency((2, Gen.Constant((int?)null)), (3, Gen.Elements((int?)rowCount, rowCount * columns)), (1, Gen.Choose(0, 9).Select(count => (int?)count)))
            from seed in Gen.Choose(1, 1000)
            select (kind, kind == "gaussian" ? (int[])[.. other[..^1], 2 * other[^1]] : other, target, weights, seed);
        PropertyCheck.Run(cases, 200, one => IsItsFormulaOrNames(one.Kind, one.Shape, one.TargetShape, one.WeightCount, (ulong)one.Seed));
    }

    [Fact]
    public void CrossEntropy_OfAnyClassesAndWeights_IsItsFormulaOrRefusedByName()
    {
        Gen<(int Rows, int Width, int[] Classes, float Smoothing, bool HasClassWeights, int? WeightCount, int Seed)> cases =
            from rows in Gen.Choose(1, 5)
            from width in Gen.Choose(1, 4)
            from count in Gen.Frequency((6, Gen.Constant(rows)), (1, Gen.Choose(0, 6)))
            from classes in Gen.Frequency((12, Gen.Choose(0, width - 1)), (3, Gen.Constant(Losses.DefaultIgnoreIndex)), (1, Gen.Choose(-2, 5))).ArrayOf(count)
            from smoothing in Gen.Elements(0.0f, 0.25f)
            from hasClassWeights in Gen.Elements(false, true)
            from weights in Gen.Frequency((3, Gen.Constant((int?)null)), (3, Gen.Constant((int?)rows)), (1, Gen.Choose(0, 6).Select(one => (int?)one)))
            from seed in Gen.Choose(1, 1000)
            select (rows, width, classes, smoothing, hasClassWeights, weights, seed);
        PropertyCheck.Run(cases, 150, one => CrossEntropy(one.Rows, one.Width, one.Classes, one.Smoothing, one.HasClassWeights, one.WeightCount, (ulong)one.Seed));
    }

    [Fact]
    public void Ctc_OfAnyLabelsAndLengths_IsTheSumOverAllPathsOrRefusedByName()
    {
        Gen<(int TimeSteps, int Classes, int Blank, int[] Lengths, int[][] Labels, bool IsLeft)> cases =
            from timeSteps in Gen.Choose(1, 4)
            from classes in Gen.Choose(2, 3)
            from blank in Gen.Choose(0, classes - 1)
            from batchSize in Gen.Choose(1, 3)
            from lengths in Gen.Choose(0, timeSteps).ArrayOf(batchSize)
            from count in Gen.Frequency((10, Gen.Constant(batchSize)), (1, Gen.Choose(0, 4)))
            from labels in (
                from length in Gen.Choose(0, 3)
                from row in Gen.Frequency((20, Gen.Choose(0, classes - 2).Select(label => label < blank ? label : label + 1)), (1, Gen.Choose(-1, 3))).ArrayOf(length)
                select row).ArrayOf(count)
            from isLeft in Gen.Elements(false, false, false, true)
            select (timeSteps, classes, blank, lengths, labels, isLeft);
        PropertyCheck.Run(cases, 90, one => Ctc(one.TimeSteps, one.Classes, one.Blank, one.Lengths, one.Labels, one.IsLeft));
    }

    private void IsItsFormulaOrNames(string kind, int[] shape, int[] targetShape, int? weightCount, ulong seed)
    {
        float[] prediction = TestDevice.Values(Count(shape), seed, 2.0f);
        float[] target = Array.ConvertAll(TestDevice.Values(Count(targetShape), seed + 1), value => Math.Abs(value));
        float[]? weights = weightCount is int count ? Weights(count, seed + 2) : null;
        int columns = targetShape[^1];
        int rows = target.Length / columns;
        bool isOfTheTarget = shape.SequenceEqual(kind == "gaussian" ? [.. targetShape[..^1], 2 * columns] : targetShape);
        bool works = isOfTheTarget && (weights is null || weights.Length == rows || weights.Length == target.Length);
        double WeightOf(int element) => weights is null ? 1.0 : weights.Length == target.Length ? weights[element] : weights[element / columns];
        if (works)
        {
            // No target stands where its weight is 0.
            target = [.. target.Select((value, i) => WeightOf(i) == 0.0 ? float.NaN : value)];
        }

        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, prediction, shape).TrackGradient();
        Tensor Run() => Evaluate(tape, kind, input, tape.Input(target, targetShape), weights);
        if (!works)
        {
            string message = Assert.ThrowsAny<ArgumentException>(Run).Message;
            Assert.Contains(isOfTheTarget ? $"{weights!.Length} weights" : Tensor.Describe(shape), message);
            Assert.Contains(Tensor.Describe(targetShape), message);
            return;
        }

        double[] point = Array.ConvertAll(prediction, value => (double)value);
        double total = Enumerable.Range(0, target.Length).Sum(WeightOf);
        double Formula() => Enumerable.Range(0, target.Length).Where(i => WeightOf(i) > 0.0).Sum(i => WeightOf(i) * Term(kind, point, target, columns, i)) / total;
        Compare(tape, Run(), input, Formula, point, total);
    }

    // A mean over no target is NaN, and nothing depends on it.
    private static void Compare(Tape tape, Tensor loss, Tensor input, Func<double> formula, double[] point, double total)
    {
        ToleranceSpec tolerance = Tolerances.Single(point.Length, 3, 16.0);
        ElementwiseAssert.Close([total > 0.0 ? formula() : double.NaN], loss.ToArray(), tolerance, "loss");
        tape.Backward(loss);
        double[] gradient = total > 0.0 ? CentralDifference.Gradient(point, formula) : new double[point.Length];
        ElementwiseAssert.Close(gradient, input.Gradient!.ToArray(), tolerance, "gradient");
    }

    private static Tensor Evaluate(Tape tape, string kind, Tensor prediction, Tensor target, float[]? weights) => kind switch
    {
        "squared" => Losses.MeanSquaredError(tape, prediction, target, weights),
        "absolute" => Losses.MeanAbsoluteError(tape, prediction, target, weights),
        "huber" => Losses.Huber(tape, prediction, target, 0.5f, weights),
        "quantile" => Losses.Quantile(tape, prediction, target, [0.25f], weights),
        "logistic" => Losses.BinaryCrossEntropy(tape, prediction, target, [2.0f], weights),
        _ => Losses.GaussianNegativeLogLikelihood(tape, prediction, target, weights),
    };

    private static double Term(string kind, double[] prediction, float[] target, int columns, int i)
    {
        int at = kind == "gaussian" ? (i / columns * 2 * columns) + (i % columns) : i;
        (double p, double t) = (prediction[at], target[i]);
        double distance = Math.Abs(p - t);
        return kind switch
        {
            "squared" => distance * distance,
            "absolute" => distance,
            "huber" => distance <= 0.5 ? distance * distance / 2.0 : 0.5 * (distance - 0.25),
            "quantile" => t >= p ? 0.25 * distance : 0.75 * distance,
            "logistic" => (2.0 * t * Math.Log(1.0 + Math.Exp(-p))) + ((1.0 - t) * Math.Log(1.0 + Math.Exp(p))),
            _ => (prediction[at + columns] + (distance * distance * Math.Exp(-prediction[at + columns]))) / 2.0,
        };
    }

    private void CrossEntropy(int rows, int width, int[] classes, float smoothing, bool hasClassWeights, int? weightCount, ulong seed)
    {
        float[] values = TestDevice.Values(rows * width, seed, 2.0f);
        float[]? weights = weightCount is int count ? Weights(count, seed + 2) : null;
        float[]? classWeights = hasClassWeights ? Array.ConvertAll(TestDevice.Values(width, seed + 3), value => 0.5f + Math.Abs(value)) : null;
        using Tape tape = new(_device);
        using Tensor logits = Tensor.FromArray(_device, values, rows, width).TrackGradient();
        Tensor Run() => Losses.SoftmaxCrossEntropy(tape, logits, classes, labelSmoothing: smoothing, classWeights: classWeights, weights: weights);
        int wrong = Array.FindIndex(classes, one => one != Losses.DefaultIgnoreIndex && (one < 0 || one >= width));
        if (classes.Length != rows || wrong >= 0 || (weights is not null && weights.Length != rows))
        {
            string message = Assert.ThrowsAny<ArgumentException>(Run).Message;
            Assert.Contains(classes.Length != rows ? $"{classes.Length} classes arrived, but the logits have {rows} rows of {width}"
                : wrong >= 0 ? $"the class of row {wrong} is {classes[wrong]}, but must be 0 to {width - 1}" : $"{weights!.Length} weights arrived, but there are {rows} rows", message);
            return;
        }

        double[] point = Array.ConvertAll(values, value => (double)value);
        int[] counted = [.. Enumerable.Range(0, rows).Where(row => classes[row] != Losses.DefaultIgnoreIndex)];
        double WeightOf(int row) => weights is null ? 1.0 : weights[row];
        double Of(int label) => classWeights is null ? 1.0 : classWeights[label];
        double total = counted.Sum(row => WeightOf(row) * Of(classes[row]));

        // The share of smoothing goes to all classes alike, each with its own weight (PyTorch's definition).
        double LogProbability(int row, int label) => point[(row * width) + label] - Math.Log(point.AsSpan(row * width, width).ToArray().Sum(Math.Exp));
        double Formula() => counted.Sum(row => -WeightOf(row) * (((1.0 - smoothing) * Of(classes[row]) * LogProbability(row, classes[row]))
            + (smoothing / width * Enumerable.Range(0, width).Sum(label => Of(label) * LogProbability(row, label))))) / total;
        Compare(tape, Run(), logits, Formula, point, total);
    }

    private void Ctc(int timeSteps, int classes, int blank, int[] lengths, int[][] labels, bool isLeft)
    {
        int batchSize = lengths.Length;
        float[] values = TestDevice.Values(timeSteps * batchSize * classes, 9);
        SequenceMask mask = isLeft ? SequenceMask.LeftPadded(timeSteps, lengths) : SequenceMask.FromLengths(timeSteps, lengths);
        using Tape tape = new(_device);
        using Tensor logits = Tensor.FromArray(_device, values, timeSteps, batchSize, classes).TrackGradient();
        Tensor Run() => CtcLoss.Rows(tape, logits, labels, mask, new CtcOptions { Blank = blank, ZeroInfinity = true });
        bool IsLabel(int label) => label >= 0 && label < classes && label != blank;
        if (labels.Length != batchSize || !labels.All(row => row.All(IsLabel)) || !mask.IsRightPadded)
        {
            string message = Assert.ThrowsAny<ArgumentException>(Run).Message;
            int late = Enumerable.Range(0, batchSize).FirstOrDefault(row => mask.LastStep(row) != mask.Lengths[row] - 1);
            (int row, int label) = labels.SelectMany((all, row) => all.Select(label => (row, label))).FirstOrDefault(one => !IsLabel(one.label));
            Assert.Contains(
                labels.Length != batchSize ? $"{labels.Length} rows of labels arrived for logits of {batchSize} rows"
                : !mask.IsRightPadded ? $"row {late} of the mask has {mask.Lengths[late]} of T={timeSteps} steps"
                : $"of row {row} is {label}, but must be one of the classes 0 to {classes - 1}", message);
            return;
        }

        double[] point = Array.ConvertAll(values, value => (double)value);
        double Row(int row) => -Math.Log(Paths(lengths[row], classes).Where(path => Collapsed(path, blank).SequenceEqual(labels[row])).Sum(path =>
            Enumerable.Range(0, path.Length).Aggregate(1.0, (product, step) => product * Probability(point.AsSpan(((step * batchSize) + row) * classes, classes), path[step]))));
        double[] expected = [.. Enumerable.Range(0, batchSize).Select(row => double.IsInfinity(Row(row)) ? 0.0 : Row(row))];
        ToleranceSpec tolerance = Tolerances.Single(16 * timeSteps, 3, 4.0 * timeSteps);
        Tensor losses = Run();
        ElementwiseAssert.Close(expected, losses.ToArray(), tolerance, "losses");
        tape.Backward(losses, tape.Input([.. Enumerable.Repeat(1.0f, batchSize)], batchSize));
        double[] gradient = CentralDifference.Gradient(point, () => Enumerable.Range(0, batchSize).Select(Row).Where(double.IsFinite).Sum());
        ElementwiseAssert.Close(gradient, logits.Gradient!.ToArray(), tolerance, "gradient");
    }

    private static IEnumerable<int[]> Paths(int steps, int classes) =>
        steps == 0 ? [[]] : Paths(steps - 1, classes).SelectMany(path => Enumerable.Range(0, classes).Select(label => (int[])[.. path, label]));

    private static IEnumerable<int> Collapsed(int[] path, int blank) => path.Where((label, step) => label != blank && (step == 0 || path[step - 1] != label));

    private static double Probability(ReadOnlySpan<double> logits, int label)
    {
        double sum = 0.0;
        foreach (double logit in logits)
        {
            sum += Math.Exp(logit);
        }

        return Math.Exp(logits[label]) / sum;
    }

    // A third of them 0.
    private static float[] Weights(int count, ulong seed) => Array.ConvertAll(TestDevice.Values(count, seed, 1.5f), value => value < -0.5f ? 0.0f : Math.Abs(value));

    private static int Count(int[] shape) => shape.Aggregate(1, (count, axis) => count * axis);
}
