using GpuRnn.KernelModel;
using GpuRnn.Kernels.Attention;
using GpuRnn.Kernels.Linear;
using GpuRnn.Kernels.Reductions;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels of attention: products of each sequence, softmax under a mask, additive scores.</summary>
internal static class AttentionKernelCases
{
    // T, B, S, and the size of a query: empty in each axis, 1, primes, and around the size of a group.
    private static readonly (int T, int B, int S, int A)[] s_sizes =
        [(1, 1, 1, 1), (0, 2, 3, 4), (2, 0, 3, 4), (2, 3, 0, 4), (2, 3, 4, 0), (3, 2, 5, 7), (5, 7, 3, 17), (4, 5, 16, 15), (2, 3, 33, 65)];

    public static IEnumerable<KernelCase> All() =>
    [
        .. from size in s_sizes
           from layout in PairwiseCover.Create([2, 2, 2])
           select Product(size, layout[0] == 1, layout[1] == 1, layout[2]),
        .. s_sizes.Select(size => Case(typeof(MaskedSoftmax), nameof(MaskedSoftmax.Forward), size, trial => Softmax(trial, size))),
        .. s_sizes.Select(size => Case(typeof(AdditiveScore), nameof(AdditiveScore.Forward), size, trial => Scores(trial, size))),
        .. s_sizes.Select(size => Case(typeof(AdditiveScore), nameof(AdditiveScore.Backward), size, trial => ScoreGradients(trial, size))),
    ];

    private static KernelCase Case(Type owner, string name, (int T, int B, int S, int A) size, Action<KernelTrial> body) =>
        new(KernelCase.Find(owner, name), $"T={size.T} B={size.B} S={size.S} A={size.A}", body);

    // M = T, N = S, K = A; the matrices of the sequences lie as in [T, B, ·] tensors.
    private static KernelCase Product((int T, int B, int S, int A) size, bool transposeA, bool transposeB, int accumulate)
    {
        (int m, int count, int n, int k) = size;
        string sizes = $"count={count} M={m} N={n} K={k} transposed={(transposeA ? "A" : "")}{(transposeB ? "B" : "")} accumulate={accumulate}";
        return new KernelCase(KernelCase.Find(typeof(MatMulBatched), nameof(MatMulBatched.Forward)), sizes, trial =>
        {
            (int aWidth, int bWidth) = (transposeA ? m : k, transposeB ? k : n);
            float[] a = trial.Numbers(count * m * k);
            float[] b = trial.Numbers(count * k * n);
            float[] c = trial.Numbers(count * m * n);
            (int aRow, int aColumn) = transposeA ? (1, count * aWidth) : (count * aWidth, 1);
            (int bRow, int bColumn) = transposeB ? (1, count * bWidth) : (count * bWidth, 1);
            if (accumulate == 0)
            {
                // What is overwritten must not be read.
                Array.Fill(c, float.NaN);
            }

            trial.Launch(
                (Index1D)c.Length, a, b, c, m, n, k, aWidth, aRow, aColumn, bWidth, bRow, bColumn, n, count * n, accumulate);
            trial.Expect("C", c, i =>
            {
                (int row, int product, int column) = (i / n / count, i / n % count, i % n);
                Bounded sum = Bounded.Zero;
                for (int term = 0; term < k; term++)
                {
                    Bounded left = trial.Before(a, (product * aWidth) + (row * aRow) + (term * aColumn));
                    sum = Bounded.MultiplyAdd(left, trial.Before(b, (product * bWidth) + (term * bRow) + (column * bColumn)), sum);
                }

                return accumulate == 1 ? sum + trial.Before(c, i) : sum;
            });
        });
    }

    private static void Softmax(KernelTrial trial, (int T, int B, int S, int A) size)
    {
        float[] scores = trial.Numbers(size.T * size.B * size.S, 10f);
        float[] present = [.. Enumerable.Range(0, size.S * size.B).Select(i => IsPresent(i / size.B, i % size.B) ? 1f : 0f)];
        float[] result = trial.Numbers(scores.Length);
        trial.Launch((Index1D)(size.T * size.B), scores, present, result, size.B, size.S);
        trial.Expect("result", result, i =>
        {
            (int row, int step) = (i / size.S, i % size.S);
            int[] steps = [.. Enumerable.Range(0, size.S).Where(s => IsPresent(s, row % size.B))];
            if (!steps.Contains(step))
            {
                return Bounded.Zero;
            }

            (Bounded largest, Bounded sum) = ReductionKernelCases.Exponentials(s => trial.Before(scores, (row * size.S) + steps[s]), steps.Length);
            return Bounded.Exp(trial.Before(scores, i) - largest) / sum;
        });
    }

    // Of every third sequence no step is there.
    private static bool IsPresent(int step, int sequence) => sequence % 3 != 2 && (step + sequence) % 3 != 1;

    private static void Scores(KernelTrial trial, (int T, int B, int S, int A) size)
    {
        (int t, int batchSize, int s, int a) = size;
        float[] queries = trial.Numbers(t * batchSize * a);
        float[] keys = trial.Numbers(s * batchSize * a);
        float[] vector = trial.Numbers(a);
        float[] scores = trial.Numbers(t * batchSize * s);
        trial.Launch((Index1D)scores.Length, queries, keys, vector, scores, batchSize, s, a);
        trial.Expect("scores", scores, i =>
        {
            int row = i / s;
            int key = (i % s * batchSize) + (row % batchSize);
            return Enumerable.Range(0, a).Aggregate(Bounded.Zero, (sum, unit) => Bounded.MultiplyAdd(
                trial.Before(vector, unit), Bounded.Tanh(trial.Before(queries, (row * a) + unit) + trial.Before(keys, (key * a) + unit)), sum));
        });
    }

    private static void ScoreGradients(KernelTrial trial, (int T, int B, int S, int A) size)
    {
        (int t, int batchSize, int s, int a) = size;
        float[] queries = trial.Numbers(t * batchSize * a);
        float[] keys = trial.Numbers(s * batchSize * a);
        float[] vector = trial.Numbers(a);
        float[] upstream = trial.Numbers(t * batchSize * s);
        float[] queryGradients = trial.Numbers(queries.Length);
        float[] keyGradients = trial.Numbers(keys.Length);
        float[] shares = trial.Numbers(batchSize * a);
        trial.Launch(
            (Index1D)shares.Length, queries, keys, vector, upstream, queryGradients, keyGradients, shares, t, batchSize, s, a);

        // b and a are the thread's, as the remainder of an index by B·A.
        int stride = batchSize * a;
        Bounded Tangent(int step, int position, int thread) =>
            Bounded.Tanh(trial.Before(queries, (step * stride) + thread) + trial.Before(keys, (position * stride) + thread));
        Bounded Given(int step, int position, int thread) => trial.Before(upstream, (((step * batchSize) + (thread / a)) * s) + position);
        Bounded Slope(int step, int position, int thread)
        {
            Bounded tangent = Tangent(step, position, thread);
            return Given(step, position, thread) * trial.Before(vector, thread % a) * (Bounded.One - (tangent * tangent));
        }

        trial.Expect("query gradients", queryGradients, i => trial.Before(queryGradients, i)
            + Enumerable.Range(0, s).Aggregate(Bounded.Zero, (sum, position) => sum + Slope(i / stride, position, i % stride)));
        trial.Expect("key gradients", keyGradients, i => Enumerable.Range(0, t)
            .Aggregate(trial.Before(keyGradients, i), (sum, step) => sum + Slope(step, i / stride, i % stride)));
        trial.Expect("shares of the vector", shares, thread =>
            (from step in Enumerable.Range(0, t) from position in Enumerable.Range(0, s) select (step, position)).Aggregate(
                Bounded.Zero,
                (sum, at) => Bounded.MultiplyAdd(Given(at.step, at.position, thread), Tangent(at.step, at.position, thread), sum)));
    }
}
