using GpuRnn.KernelModel;
using GpuRnn.Kernels.Losses;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels of connectionist temporal classification, each fed with what the one before it should give.</summary>
internal static class CtcKernelCases
{
    private const int RoundingsAStep = 16;
    private static readonly Shape[] s_shapes = [new(1, 1, 2, 0), new(3, 2, 3, 1), new(5, 17, 4, 2), new(13, 65, 7, 5)];

    public static IEnumerable<KernelCase> All() =>
    [
        .. RowKernelCases.EachShape(typeof(ConnectionistTemporal), nameof(ConnectionistTemporal.Normalise), Normalise),
        .. Each(nameof(ConnectionistTemporal.Forward), Forward),
        .. Each(nameof(ConnectionistTemporal.Backward), Backward),
        .. Each(nameof(ConnectionistTemporal.Gradient), (trial, shape) => Gradient(trial, shape, zeroInfinity: 1), ", infinite losses as zero"),
        .. Each(nameof(ConnectionistTemporal.Gradient), (trial, shape) => Gradient(trial, shape, zeroInfinity: 0)),
    ];

    private static IEnumerable<KernelCase> Each(string kernel, Action<KernelTrial, Shape> body, string form = "") => s_shapes.Select(shape => new KernelCase(
        KernelCase.Find(typeof(ConnectionistTemporal), kernel), $"T={shape.T} B={shape.B} V={shape.V} L={shape.L}{form}", trial => body(trial, shape)));

    private static void Normalise(KernelTrial trial, RowShape shape)
    {
        float[] logits = trial.Numbers(shape.Count, 10f);
        float[] normalisers = trial.Numbers(shape.Rows);
        trial.Launch((Index1D)shape.Rows, logits, normalisers, shape.Width);
        trial.Expect("normalisers", normalisers, row =>
        {
            (Bounded largest, Bounded sum) = ReductionKernelCases.Exponentials(i => trial.Before(logits, (row * shape.Width) + i), shape.Width);
            return largest + Bounded.Log(sum);
        });
    }

    private static void Forward(KernelTrial trial, Shape shape)
    {
        float[] logits = trial.Numbers(shape.T * shape.B * shape.V);
        float[] normalisers = new float[shape.T * shape.B];
        float[] alpha = trial.Numbers(shape.T * shape.S * shape.B);
        float[] losses = trial.Numbers(shape.B);
        trial.Launch((Index1D)shape.B, logits, normalisers, shape.Labels(), shape.Extents(), alpha, losses, shape.T, shape.B, shape.V, shape.S);
        double[] logarithms = shape.Alpha(logits);
        double magnitude = shape.Magnitude(logits);
        Expect(trial, shape, "alpha", alpha, logarithms, magnitude);
        trial.Expect("losses", losses, row =>
        {
            double loss = shape.Loss(logarithms, row);
            return double.IsFinite(loss) ? Bounded.CutSum(loss, magnitude, RoundingsAStep * (shape.T + 1)) : Bounded.Exactly(loss);
        });
    }

    // The error of the logarithms fed in is none, and β's is that of a walk as long as α's.
    private static void Backward(KernelTrial trial, Shape shape)
    {
        float[] logits = trial.Numbers(shape.T * shape.B * shape.V);
        float[] normalisers = new float[shape.T * shape.B];
        double[] logarithms = shape.Alpha(logits);
        float[] alpha = [.. logarithms.Select(value => Math.Max((float)value, ConnectionistTemporal.Never))];
        float[] losses = [.. Enumerable.Range(0, shape.B).Select(row => (float)Math.Min(shape.Loss(logarithms, row), 0.5f * -ConnectionistTemporal.Never))];
        float[] posteriors = trial.Numbers(shape.T * shape.S * shape.B);
        trial.Launch(
            (Index1D)shape.B, logits, normalisers, shape.Labels(), shape.Extents(), alpha, losses, trial.Scratch(2 * shape.S * shape.B), posteriors,
            shape.T, shape.B, shape.V, shape.S);
        double magnitude = shape.Magnitude(logits);
        double[] expected = shape.Posteriors(logits, logarithms);
        trial.Expect("posteriors", posteriors, i => Bounded.CutSum(expected[i], 3.0 * magnitude, RoundingsAStep * (shape.T + 1)));
    }

    private static void Gradient(KernelTrial trial, Shape shape, int zeroInfinity)
    {
        float[] logits = trial.Numbers(shape.T * shape.B * shape.V);
        float[] normalisers = trial.Numbers(shape.T * shape.B);
        int[] labels = shape.Labels();
        float[] posteriors = trial.Positive(shape.T * shape.S * shape.B, 1f);
        float[] losses = [.. Enumerable.Range(0, shape.B).Select(row => row % 3 == 1 ? float.PositiveInfinity : 1f)];
        float[] upstream = trial.Numbers(shape.B);
        float[] gradients = trial.Numbers(logits.Length);
        trial.Launch(
            (Index1D)(shape.T * shape.B), logits, normalisers, labels, shape.Extents(), posteriors, losses, upstream, gradients,
            shape.B, shape.V, shape.S, zeroInfinity);
        trial.Expect("gradients", gradients, i =>
        {
            (int at, int row, int step) = (i / shape.V, i / shape.V % shape.B, i / shape.V / shape.B);
            if (step >= shape.Steps(row) || float.IsPositiveInfinity(losses[row]))
            {
                return step < shape.Steps(row) && zeroInfinity == 0 ? Bounded.Exactly(double.NaN) : Bounded.Zero;
            }

            Bounded scale = trial.Before(upstream, row);
            Bounded gradient = scale * Bounded.Exp(trial.Before(logits, i) - trial.Before(normalisers, at));
            for (int state = 0; state < shape.States(row); state++)
            {
                if (labels[(state * shape.B) + row] == i % shape.V)
                {
                    gradient -= scale * trial.Before(posteriors, (((step * shape.S) + state) * shape.B) + row);
                }
            }

            return gradient;
        });
    }

    private static void Expect(KernelTrial trial, Shape shape, string what, float[] actual, double[] expected, double magnitude)
    {
        // What cannot be is a finite number in the kernels.
        for (int i = 0; i < actual.Length; i++)
        {
            actual[i] = actual[i] < 0.5f * ConnectionistTemporal.Never ? float.NegativeInfinity : actual[i];
        }

        trial.Expect(what, actual, i => double.IsFinite(expected[i])
            ? Bounded.CutSum(expected[i], magnitude, RoundingsAStep * (shape.T + 1))
            : Bounded.Exactly(expected[i]));
    }

    /// <summary>Sizes, with labels and lengths that follow from the row's number.</summary>
    private sealed record Shape(int T, int B, int V, int L)
    {
        public int S => (2 * L) + 1;

        public int Steps(int row) => Math.Max(0, T - (row % 4));

        public int States(int row) => (2 * (L - (row % (L + 1)))) + 1;

        public int Label(int row, int state) => state % 2 == 0 || state >= States(row) ? 0 : 1 + ((row + (state / 4)) % (V - 1));

        public int[] Labels() => [.. from state in Enumerable.Range(0, S) from row in Enumerable.Range(0, B) select Label(row, state)];

        public int[] Extents() => [.. Enumerable.Range(0, B).Select(Steps), .. Enumerable.Range(0, B).Select(States)];

        public double Magnitude(float[] logits) => 2.0 + (T * (logits.Max(Math.Abs) + 2.0));

        // [T, S, B], the log probability of all beginnings that end there; the walk of the definition, path by path of one step.
        public double[] Alpha(float[] logits) => Walk(logits, isReversed: false);

        public double Loss(double[] alpha, int row)
        {
            if (Steps(row) == 0)
            {
                return States(row) == 1 ? 0.0 : double.PositiveInfinity;
            }

            double[] last = [.. Enumerable.Range(Math.Max(0, States(row) - 2), Math.Min(2, States(row))).Select(state => alpha[At(Steps(row) - 1, state, row)])];
            return -Math.Log(last.Sum(Math.Exp));
        }

        public double[] Posteriors(float[] logits, double[] alpha)
        {
            double[] beta = Walk(logits, isReversed: true);
            double[] result = new double[alpha.Length];
            for (int i = 0; i < result.Length; i++)
            {
                (int step, int state, int row) = (i / B / S, i / B % S, i % B);
                double loss = Loss(alpha, row);
                result[i] = double.IsFinite(loss) && double.IsFinite(alpha[i] + beta[i])
                    ? Math.Exp(alpha[i] + beta[i] - logits[(((step * B) + row) * V) + Label(row, state)] + loss)
                    : 0.0;
            }

            return result;
        }

        private int At(int step, int state, int row) => (((step * S) + state) * B) + row;

        private double[] Walk(float[] logits, bool isReversed)
        {
            double[] result = new double[T * S * B];
            Array.Fill(result, double.NegativeInfinity);
            for (int row = 0; row < B; row++)
            {
                (int steps, int states) = (Steps(row), States(row));
                for (int walked = 0; walked < steps; walked++)
                {
                    int step = isReversed ? steps - 1 - walked : walked;
                    for (int state = 0; state < states; state++)
                    {
                        double sum = 0.0;
                        for (int hop = 0; hop <= 2; hop++)
                        {
                            int from = isReversed ? state + hop : state - hop;
                            bool isAllowed = from >= 0 && from < states && (hop < 2 || Label(row, from) != Label(row, state));
                            sum += isAllowed && walked > 0 ? Math.Exp(result[At(isReversed ? step + 1 : step - 1, from, row)]) : 0.0;
                        }

                        bool isStart = walked == 0 && (isReversed ? state >= states - 2 : state < 2);
                        result[At(step, state, row)] = Math.Log(isStart ? 1.0 : sum) + logits[(((step * B) + row) * V) + Label(row, state)];
                    }
                }
            }

            return result;
        }
    }
}
