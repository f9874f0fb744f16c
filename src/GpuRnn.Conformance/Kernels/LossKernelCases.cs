using GpuRnn.KernelModel;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Losses;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels of the losses, each with its gradient.</summary>
internal static class LossKernelCases
{
    private const int IgnoreIndex = -100;
    private const float Scale = 0.37f;

    private static readonly (float Smoothing, bool HasClassWeights, bool HasRowWeights)[] s_crossEntropies =
        [(0f, false, false), (0.1f, false, true), (0f, true, true), (0.25f, true, false)];

    public static IEnumerable<KernelCase> All() =>
    [
        .. EachShape<SquaredError>(0f, 1f),
        .. EachShape<AbsoluteError>(0f, 1f),
        .. EachShape<HuberError>(0.5f, 1f),
        .. EachShape<QuantileError>(0.1f, 0.8f),
        .. EachShape<LogisticError>(0.5f, 3f),
        .. KernelCases.Shapes.Select((shape, i) => new KernelCase(
            KernelCase.Find(typeof(GaussianLikelihood), nameof(GaussianLikelihood.Forward)),
            $"rows={shape.Rows} columns={shape.Width} {Describe(i)}",
            trial => Gaussian(trial, shape.Rows, shape.Width, i))),
        .. CrossEntropies<F32>(),
        .. CrossEntropies<F32Vector<Lanes16>>(),
    ];

    private static IEnumerable<KernelCase> CrossEntropies<TLane>()
        where TLane : struct, IVectorReal<TLane> =>
    [
        .. s_crossEntropies.SelectMany((options, i) => KernelCases.Shapes.Where((_, s) => i == 0 || s % 2 == i % 2).Select(shape => new KernelCase(
            KernelCase.Find(typeof(SoftmaxCrossEntropy), nameof(SoftmaxCrossEntropy.Forward), typeof(TLane)),
            FormattableString.Invariant($"rows={shape.Rows} width={shape.Width} smoothing={options.Smoothing} class weights={options.HasClassWeights} row weights={options.HasRowWeights}"),
            trial => CrossEntropy(trial, shape.Rows, shape.Width, TLane.Count, options.Smoothing, options.HasClassWeights, options.HasRowWeights)))),
        new KernelCase(
            KernelCase.Find(typeof(SoftmaxCrossEntropy), nameof(SoftmaxCrossEntropy.Forward), typeof(TLane)),
            "rows=7 width=35 without gradient",
            trial => CrossEntropy(trial, 7, 35, TLane.Count, 0.1f, true, true, wantsGradient: 0)),
    ];

    // The forms of weights and settings take turns; every fourth shape asks for no gradient.
    private static int Form(int turn) => turn % 3;

    private static int ByColumn(int turn) => turn % 2;

    private static int WantsGradient(int turn) => turn % 4 == 3 ? 0 : 1;

    private static string Describe(int turn) => $"weights={Form(turn)} settings={ByColumn(turn)} gradient={WantsGradient(turn)}";

    private static IEnumerable<KernelCase> EachShape<TLoss>(float least, float most)
        where TLoss : struct, IElementLoss =>
        KernelCases.Shapes.Append((Rows: 1, Width: 20_011)).Select((shape, i) => new KernelCase(
            KernelCase.Find(typeof(ElementLoss), nameof(ElementLoss.Forward), typeof(TLoss)),
            $"rows={shape.Rows} columns={shape.Width} {Describe(i)}",
            trial => Elements<TLoss>(trial, shape.Rows, shape.Width, i, least, most)));

    private static void Elements<TLoss>(KernelTrial trial, int rows, int columns, int turn, float least, float most)
        where TLoss : struct, IElementLoss
    {
        float[] predictions = trial.Numbers(rows * columns);
        float[] targets = Targets(trial, predictions);
        float[] weights = Weights(trial, turn, rows, columns);
        float[] settings = Array.ConvertAll(trial.Positive(columns, 1f), value => least + ((most - least) * value));
        float[] terms = trial.Numbers(rows * columns);
        float[] gradients = trial.Numbers(rows * columns);
        float setting = 0.5f * (least + most);
        trial.Launch(
            new Index2D(columns, rows), predictions, targets, weights, settings, terms, gradients, columns, Form(turn), ByColumn(turn), WantsGradient(turn), setting, Scale);
        Bounded Setting(int i) => ByColumn(turn) != 0 ? trial.Before(settings, i % columns) : Bounded.Constant(setting);
        trial.Expect("terms", terms, i => LossWeights.Apply(
            Weight(trial, weights, turn, i, columns), TLoss.Value(trial.Before(predictions, i), trial.Before(targets, i), Setting(i))));
        if (WantsGradient(turn) != 0)
        {
            trial.Expect("gradients", gradients, i => LossWeights.Apply(
                Weight(trial, weights, turn, i, columns),
                Bounded.Constant(Scale) * TLoss.Derivative(trial.Before(predictions, i), trial.Before(targets, i), Setting(i))));
        }
    }

    private static void Gaussian(KernelTrial trial, int rows, int columns, int turn)
    {
        const float Constant = 0.9f;
        float[] predictions = trial.Numbers(2 * rows * columns);
        float[] targets = trial.Numbers(rows * columns);
        float[] weights = Weights(trial, turn, rows, columns);
        float[] terms = trial.Numbers(rows * columns);
        float[] gradients = trial.Numbers(2 * rows * columns);
        trial.Launch(
            new Index2D(columns, rows), predictions, targets, weights, terms, gradients, columns, Form(turn), WantsGradient(turn), Constant, Scale);
        Bounded Mean(int i) => trial.Before(predictions, (i / columns * 2 * columns) + (i % columns));
        Bounded LogVariance(int i) => trial.Before(predictions, (i / columns * 2 * columns) + columns + (i % columns));
        trial.Expect("terms", terms, i => LossWeights.Apply(
            Weight(trial, weights, turn, i, columns), GaussianLikelihood.Value(Mean(i), LogVariance(i), trial.Before(targets, i), Bounded.Constant(Constant))));
        if (WantsGradient(turn) != 0)
        {
            trial.Expect("gradients", gradients, g =>
            {
                int i = (g / (2 * columns) * columns) + (g % columns);
                GaussianLikelihood.Derivatives(Mean(i), LogVariance(i), trial.Before(targets, i), out Bounded byMean, out Bounded byLogVariance);
                bool isMean = g % (2 * columns) < columns;
                return LossWeights.Apply(Weight(trial, weights, turn, i, columns), Bounded.Constant(Scale) * (isMean ? byMean : byLogVariance));
            });
        }
    }

    // Every seventh prediction is its target, the kink of an absolute value.
    private static float[] Targets(KernelTrial trial, float[] predictions)
    {
        float[] targets = trial.Numbers(predictions.Length);
        for (int i = 0; i < targets.Length; i += 7)
        {
            targets[i] = predictions[i];
        }

        return targets;
    }

    private static float[] Weights(KernelTrial trial, int turn, int rows, int columns)
    {
        float[] weights = trial.Positive(Form(turn) == LossWeights.Rows ? rows : rows * columns);
        for (int i = 0; i < weights.Length; i += 3)
        {
            weights[i] = 0f;
        }

        return weights;
    }

    private static Bounded Weight(KernelTrial trial, float[] weights, int turn, int element, int columns) => Form(turn) switch
    {
        LossWeights.None => Bounded.One,
        LossWeights.Rows => trial.Before(weights, element / columns),
        _ => trial.Before(weights, element),
    };

    private static void CrossEntropy(
        KernelTrial trial, int rows, int width, int lanes, float smoothing, bool hasClassWeights, bool hasRowWeights, int wantsGradient = 1)
    {
        float[] logits = trial.Numbers(rows * width, 10f);
        int[] classes = [.. Enumerable.Range(0, rows).Select(row => row % 5 == 3 ? IgnoreIndex : row % 11 == 7 ? width : row * 3 % width)];
        float[] classWeights = trial.Positive(width);
        float[] rowWeights = trial.Positive(rows);
        for (int row = 0; row < rows; row += 4)
        {
            rowWeights[row] = row % 8 == 0 ? 0f : rowWeights[row];
        }

        float[] terms = trial.Numbers(rows);
        float[] gradients = trial.Numbers(rows * width);
        trial.Launch(
            (Index1D)rows, logits, classes, rowWeights, classWeights, terms, gradients, width, IgnoreIndex, hasRowWeights ? 1 : 0, hasClassWeights ? 1 : 0, wantsGradient, smoothing, Scale);
        Row[] expected = [.. Enumerable.Range(0, rows).Select(row =>
        {
            Bounded rowWeight = hasRowWeights ? trial.Before(rowWeights, row) : Bounded.One;
            Bounded ClassWeight(int v) => hasClassWeights ? trial.Before(classWeights, v) : Bounded.One;
            return Row.Of(v => trial.Before(logits, (row * width) + v), ClassWeight, classes[row], width, lanes, smoothing, rowWeight);
        })];
        trial.Expect("terms", terms, row => expected[row].Term);
        if (wantsGradient != 0)
        {
            trial.Expect("gradients", gradients, i => expected[i / width].Gradient[i % width]);
        }
    }

    private sealed record Row(Bounded Term, Bounded[] Gradient)
    {
        public static Row Of(
            Func<int, Bounded> logit, Func<int, Bounded> classWeight, int target, int width, int lanes, float smoothing, Bounded rowWeight)
        {
            if (target == IgnoreIndex || rowWeight.Value == 0.0)
            {
                return new Row(Bounded.Zero, [.. Enumerable.Repeat(Bounded.Zero, width)]);
            }

            if (target == width)
            {
                return new Row(Bounded.Exactly(double.NaN), [.. Enumerable.Repeat(Bounded.Exactly(double.NaN), width)]);
            }

            (Bounded largest, _) = ReductionKernelCases.Exponentials(logit, width);
            Bounded sum = InLanes(width, lanes, (v, before) => before + Bounded.Exp(logit(v) - largest));
            Bounded logarithm = Bounded.Log(sum);
            Bounded chosenWeight = Bounded.Constant(1f - smoothing) * classWeight(target);
            Bounded value = chosenWeight * (logarithm - (logit(target) - largest));
            Bounded total = chosenWeight;
            Bounded share = Bounded.Zero;
            if (smoothing > 0f)
            {
                share = Bounded.Constant(smoothing) / Bounded.Constant(width);
                Bounded weightSum = InLanes(width, lanes, (v, before) => before + classWeight(v));
                Bounded smoothed = InLanes(
                    width, lanes, (v, before) => Bounded.MultiplyAdd(classWeight(v), logarithm - (logit(v) - largest), before));
                value = Bounded.MultiplyAdd(share, smoothed, value);
                total = Bounded.MultiplyAdd(share, weightSum, total);
            }

            return new Row(rowWeight * value, [.. Enumerable.Range(0, width).Select(v =>
            {
                Bounded wanted = Bounded.MultiplyAdd(share, classWeight(v), v == target ? chosenWeight : Bounded.Zero);
                Bounded given = total * (Bounded.Exp(logit(v) - largest) / sum);
                return (Bounded.Constant(Scale) * rowWeight) * (given - wanted);
            })]);
        }

        // Each element of a lane adds its columns, then the elements are added, then the columns that fill no lane.
        private static Bounded InLanes(int width, int lanes, Func<int, Bounded, Bounded> add)
        {
            int whole = width - (width % lanes);
            Bounded sum = Bounded.Zero;
            for (int lane = 0; lane < lanes; lane++)
            {
                Bounded part = Bounded.Zero;
                for (int v = lane; v < whole; v += lanes)
                {
                    part = add(v, part);
                }

                sum += part;
            }

            return Enumerable.Range(whole, width - whole).Aggregate(sum, (before, v) => add(v, before));
        }
    }
}
