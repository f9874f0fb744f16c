using GpuRnn.KernelModel;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Conformance.Kernels;

/// <summary>Normalisations over rows and over columns, with and without running statistics.</summary>
internal static class NormaliseKernelCases
{
    private const float Epsilon = 0.5f;
    private const float Momentum = 0.25f;
    private const int Start = 2;

    private static readonly (int Rows, int Width)[] s_shapes = [(0, 3), (1, 1), (3, 7), (17, 15), (5, 67)];

    public static IEnumerable<KernelCase> All() =>
        from name in new[] { nameof(Normalise.Forward), nameof(Normalise.Backward) }
        from shape in s_shapes
        from mode in new[] { Normalise.NoStatistics, Normalise.MovingStatistics, Normalise.FrozenStatistics }
        let isRow = mode == Normalise.NoStatistics
        where isRow || shape.Rows > 0
        select new KernelCase(
            KernelCase.Find(typeof(Normalise), name),
            $"rows={shape.Rows} width={shape.Width} {(isRow ? "rows" : "columns")} mode={mode}",
            trial => Run(trial, name == nameof(Normalise.Forward), new Places(shape.Rows, shape.Width, isRow, mode)));

    private static void Run(KernelTrial trial, bool isForward, Places places)
    {
        if (isForward)
        {
            Forward(trial, places);
        }
        else
        {
            Backward(trial, places);
        }
    }

    private static void Forward(KernelTrial trial, Places p)
    {
        float[] source = trial.Numbers(p.Elements);
        float[] target = trial.Numbers(p.Elements);
        float[] parameters = trial.Numbers((2 * p.Width) + Start);
        float[] normalised = trial.Numbers(p.Count + Start);
        float[] factors = trial.Numbers(p.Vectors + Start);
        float[] means = trial.Numbers(p.Vectors + Start);
        float[] variances = trial.Positive(p.Vectors + Start);
        trial.Launch(
            (Index1D)p.Vectors, source, target, parameters, normalised, factors, means, variances, p.Length, Start, p.VectorStride, p.ElementStride,
            Start, p.VectorStride, p.ElementStride, Start, Start + p.Width, p.IsRow ? 0 : 1, p.IsRow ? 1 : 0, Start, Start, Start, p.Mode, Epsilon, Momentum);

        Bounded Source(int vector, int e) => trial.Before(source, p.At(vector, e));
        (Bounded Mean, Bounded Variance)[] batch = [.. Enumerable.Range(0, p.Vectors).Select(vector =>
        {
            Bounded length = Bounded.Exactly(p.Length);
            Bounded mean = Sum(p.Length, e => Source(vector, e)) / length;
            return (mean, Sum(p.Length, e => (Source(vector, e) - mean) * (Source(vector, e) - mean)) / length);
        })];
        (Bounded Mean, Bounded Variance)[] used = [.. batch.Select((one, vector) =>
            p.Mode == Normalise.FrozenStatistics ? (trial.Before(means, Start + vector), trial.Before(variances, Start + vector)) : one)];
        Bounded Factor(int vector) => Bounded.One / Bounded.Sqrt(used[vector].Variance + Bounded.Constant(Epsilon));
        Bounded Normal(int vector, int e) => (Source(vector, e) - used[vector].Mean) * Factor(vector);
        Bounded Moved(float[] array, int i, Func<(Bounded Mean, Bounded Variance), Bounded> choose) =>
            i < Start || p.Mode != Normalise.MovingStatistics
                ? trial.Before(array, i)
                : trial.Before(array, i) + (Bounded.Constant(Momentum) * (choose(batch[i - Start]) - trial.Before(array, i)));
        trial.Expect("normalised", normalised, i => i < Start ? trial.Before(normalised, i) : Normal((i - Start) / p.Length, (i - Start) % p.Length));
        trial.Expect("factors", factors, i => i < Start ? trial.Before(factors, i) : Factor(i - Start));
        trial.Expect("target", target, i => p.Find(i) is (int vector, int e)
            ? (trial.Before(parameters, Start + p.Column(i)) * Normal(vector, e)) + trial.Before(parameters, Start + p.Width + p.Column(i))
            : trial.Before(target, i));
        trial.Expect("means", means, i => Moved(means, i, one => one.Mean));
        trial.Expect("variances", variances, i => Moved(variances, i, one => one.Variance));
    }

    private static void Backward(KernelTrial trial, Places p)
    {
        float[] results = trial.Numbers(p.Elements);
        float[] gradients = trial.Numbers(p.Elements);
        float[] parameters = trial.Numbers(p.Width + Start);
        float[] parameterGradients = trial.Numbers(Start + (2 * p.Width * p.Rows));
        float[] normalised = trial.Numbers(p.Count + Start);
        float[] factors = trial.Numbers(p.Vectors + Start);
        int stride = 2 * p.Width;
        trial.Launch(
            (Index1D)p.Vectors, results, gradients, parameters, parameterGradients, normalised, factors, p.Length, Start, p.VectorStride, p.ElementStride,
            Start, p.VectorStride, p.ElementStride, Start, p.IsRow ? 0 : 1, p.IsRow ? 1 : 0, Start, Start + p.Width, p.IsRow ? stride : 1, p.IsRow ? 1 : 0,
            Start, Start, p.Mode, 1);

        Bounded Result(int vector, int e) => trial.Before(results, p.At(vector, e));
        Bounded Normal(int vector, int e) => trial.Before(normalised, Start + (vector * p.Length) + e);
        Bounded Scaled(int vector, int e) => Result(vector, e) * trial.Before(parameters, Start + (p.IsRow ? e : vector));
        bool isFrozen = p.Mode == Normalise.FrozenStatistics;
        (Bounded Mean, Bounded Product)[] means = [.. Enumerable.Range(0, p.Vectors).Select(vector => isFrozen
            ? (Bounded.Zero, Bounded.Zero)
            : (Sum(p.Length, e => Scaled(vector, e)) / Bounded.Exactly(p.Length), Sum(p.Length, e => Scaled(vector, e) * Normal(vector, e)) / Bounded.Exactly(p.Length)))];
        trial.Expect("gradients", gradients, i => p.Find(i) is (int vector, int e)
            ? trial.Before(gradients, i)
                + ((Scaled(vector, e) - means[vector].Mean - (Normal(vector, e) * means[vector].Product)) * trial.Before(factors, Start + vector))
            : trial.Before(gradients, i));
        trial.Expect("parameter gradients", parameterGradients, i =>
        {
            Bounded sum = trial.Before(parameterGradients, i);
            int row = (i - Start) / stride;
            int column = (i - Start) % stride;
            if (i < Start || (!p.IsRow && row > 0))
            {
                return sum;
            }

            bool isShift = column >= p.Width;
            column %= p.Width;
            foreach (int e in p.IsRow ? [column] : Enumerable.Range(0, p.Length))
            {
                int vector = p.IsRow ? row : column;
                sum += isShift ? Result(vector, e) : Result(vector, e) * Normal(vector, e);
            }

            return sum;
        });
    }

    private static Bounded Sum(int count, Func<int, Bounded> term) =>
        Enumerable.Range(0, count).Aggregate(Bounded.Zero, (sum, e) => sum + term(e));

    // Rows with a gap behind each, and vectors along or across them.
    private sealed record Places(int Rows, int Width, bool IsRow, int Mode)
    {
        private int RowStride => Width + 3;

        public int Count => Rows * Width;

        public int Vectors => IsRow ? Rows : Width;

        public int Length => IsRow ? Width : Rows;

        public int VectorStride => IsRow ? RowStride : 1;

        public int ElementStride => IsRow ? 1 : RowStride;

        public int Elements => Start + (Rows * RowStride);

        public int At(int vector, int e) => Start + (vector * VectorStride) + (e * ElementStride);

        public int Column(int index) => (index - Start) % RowStride;

        public (int Vector, int Element)? Find(int index)
        {
            int row = (index - Start) / RowStride;
            return index < Start || Column(index) >= Width ? null : IsRow ? (row, Column(index)) : (Column(index), row);
        }
    }
}
