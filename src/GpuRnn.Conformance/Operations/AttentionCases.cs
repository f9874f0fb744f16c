using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Operations;

/// <summary>The operations of attention over [T, B, K] queries and [S, B, K] keys.</summary>
internal static class AttentionCases
{
    private static readonly Extent[] s_sizes =
        [new(2, 2, 3, 3), new(1, 1, 1, 1), new(0, 2, 3, 2), new(2, 3, 0, 2), new(5, 3, 7, 4), new(3, 17, 15, 33)];

    public static IEnumerable<ConformanceCase> All()
    {
        return s_sizes.SelectMany(size => (ConformanceCase[])[Scores(size), Contexts(size), Weights(size), Additive(size)]);
    }

    private static OperationCase Scores(Extent size)
    {
        return new OperationCase("operation sequence scores", size.ToString())
        {
            Shapes = [[size.T, size.B, size.K], [size.S, size.B, size.K]],
            Operation = (tape, x) => SequenceScores.Forward(tape, x[0], x[1]),
            Formula = x => size.Sum(size.ScoreCount, at => at.Score, at => x[0][at.Query] * x[1][at.Key]),
            Gradient = (x, g) =>
            [
                size.Sum(x[0].Length, at => at.Query, at => g[at.Score] * x[1][at.Key]),
                size.Sum(x[1].Length, at => at.Key, at => g[at.Score] * x[0][at.Query]),
            ],
        };
    }

    private static OperationCase Contexts(Extent size)
    {
        return new OperationCase("operation sequence sums", size.ToString())
        {
            Shapes = [[size.T, size.B, size.S], [size.S, size.B, size.K]],
            Operation = (tape, x) => SequenceSums.Forward(tape, x[0], x[1]),
            Formula = x => size.Sum(size.T * size.B * size.K, at => at.Query, at => x[0][at.Score] * x[1][at.Key]),
            Gradient = (x, g) =>
            [
                size.Sum(x[0].Length, at => at.Score, at => g[at.Query] * x[1][at.Key]),
                size.Sum(x[1].Length, at => at.Key, at => g[at.Query] * x[0][at.Score]),
            ],
        };
    }

    private static OperationCase Weights(Extent size)
    {
        // Of every third sequence no step is there.
        bool[] isPresent = [.. Enumerable.Range(0, size.S * size.B).Select(i => i % size.B % 3 != 2 && ((i / size.B) + (i % size.B)) % 3 != 1)];
        float[] present = Array.ConvertAll(isPresent, value => value ? 1.0f : 0.0f);
        bool[] isWeighed = [.. Enumerable.Range(0, size.ScoreCount).Select(i => isPresent[(i % size.S * size.B) + (i / size.S % size.B)])];
        return new OperationCase("operation masked softmax", size.ToString())
        {
            Shapes = [[size.T, size.B, size.S]],
            Operation = (tape, x) => MaskedSoftmax.Forward(tape, x[0], tape.Input(present, size.S, size.B)),
            Formula = x => ReductionCases.Probabilities(x[0], size.T * size.B, size.S, isWeighed),
            Gradient = (x, g) =>
                [ReductionCases.SoftmaxGradient(ReductionCases.Probabilities(x[0], size.T * size.B, size.S, isWeighed).Values, g, size.T * size.B, size.S)],
        };
    }

    private static OperationCase Additive(Extent size)
    {
        static double Tangent(double[][] x, Place at) => Math.Tanh(x[0][at.Query] + x[1][at.Key]);
        return new OperationCase("operation additive scores", size.ToString())
        {
            Shapes = [[size.T, size.B, size.K], [size.S, size.B, size.K], [size.K]],
            Operation = (tape, x) => AdditiveScores.Forward(tape, x[0], x[1], x[2]),
            Formula = x => size.Sum(size.ScoreCount, at => at.Score, at => x[2][at.Unit] * Tangent(x, at)),
            Gradient = (x, g) =>
            [
                size.Sum(x[0].Length, at => at.Query, at => Slope(x, g, at), at => Given(x, g, at)),
                size.Sum(x[1].Length, at => at.Key, at => Slope(x, g, at), at => Given(x, g, at)),
                size.Sum(x[2].Length, at => at.Unit, at => g[at.Score] * Tangent(x, at)),
            ],
        };

        // 1 − tanh² errs by roundings of 1, so what it is multiplied with bounds the error.
        static double Given(double[][] x, double[] g, Place at) => g[at.Score] * x[2][at.Unit];
        static double Slope(double[][] x, double[] g, Place at) => Given(x, g, at) * (1.0 - Math.Pow(Tangent(x, at), 2));
    }

    /// <summary>Where a query's element, a key's element and their score lie.</summary>
    private readonly record struct Place(int Score, int Query, int Key, int Unit);

    private sealed record Extent(int T, int B, int S, int K)
    {
        public int ScoreCount => T * B * S;

        public Sums Sum(int length, Func<Place, int> target, Func<Place, double> term, Func<Place, double>? magnitude = null)
        {
            Sums sums = new(length);
            foreach (Place at in Places())
            {
                double value = term(at);
                sums.Add(target(at), value, Math.Abs(magnitude?.Invoke(at) ?? value));
            }

            return sums;
        }

        public override string ToString()
        {
            return $"T={T} B={B} S={S} K={K}";
        }

        private IEnumerable<Place> Places()
        {
            return from t in Enumerable.Range(0, T)
                   from b in Enumerable.Range(0, B)
                   from s in Enumerable.Range(0, S)
                   from k in Enumerable.Range(0, K)
                   select new Place((((t * B) + b) * S) + s, (((t * B) + b) * K) + k, (((s * B) + b) * K) + k, k);
        }
    }
}
