using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GpuRnn.Simd.Sequences;

/// <summary>Normalisations in registers: one row over its units, or neighbouring units over the rows of a step.</summary>
/// <remarks>
/// Formula: the library's <c>ReferenceNormalisation</c>. Sums over a row are sixteen sums side by side, added up in order at the end, whatever
/// the machine's registers are, so that these change no bit. The variance is summed from the differences to the mean: nothing cancels.
/// </remarks>
internal static unsafe class VectorNormalisation
{
    private const int Lanes = 16;

    /// <summary>Normalises one row.</summary>
    /// <param name="source">[width].</param>
    /// <param name="target">[width]; may be the source.</param>
    /// <param name="gain">[width].</param>
    /// <param name="shift">[width], or null.</param>
    /// <param name="normalised">Receives the normalised row before gain and shift, or null.</param>
    /// <param name="width">Elements.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <returns>1/√(variance + ε).</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float ForwardRow(float* source, float* target, float* gain, float* shift, float* normalised, int width, float epsilon)
    {
        int whole = width - (width % Lanes);
        Vector512<float> sums = Vector512<float>.Zero;
        for (int i = 0; i < whole; i += Lanes)
        {
            sums += Vector512.Load(source + i);
        }

        float mean = Add(sums, source, whole, width, 0.0f, isSquare: false) / width;
        Vector512<float> means = Vector512.Create(mean);
        Vector512<float> squares = Vector512<float>.Zero;
        for (int i = 0; i < whole; i += Lanes)
        {
            Vector512<float> difference = Vector512.Load(source + i) - means;
            squares = Vector512.FusedMultiplyAdd(difference, difference, squares);
        }

        float variance = Add(squares, source, whole, width, mean, isSquare: true) / width;
        float factor = 1.0f / MathF.Sqrt(variance + epsilon);
        Vector512<float> factors = Vector512.Create(factor);
        for (int i = 0; i < whole; i += Lanes)
        {
            Vector512<float> value = (Vector512.Load(source + i) - means) * factors;
            if (normalised != null)
            {
                value.Store(normalised + i);
            }

            Vector512<float> addend = shift == null ? Vector512<float>.Zero : Vector512.Load(shift + i);
            Vector512.FusedMultiplyAdd(Vector512.Load(gain + i), value, addend).Store(target + i);
        }

        for (int i = whole; i < width; i++)
        {
            float value = (source[i] - mean) * factor;
            if (normalised != null)
            {
                normalised[i] = value;
            }

            target[i] = MathF.FusedMultiplyAdd(gain[i], value, shift == null ? 0.0f : shift[i]);
        }

        return factor;
    }

    /// <summary>The gradient of one row.</summary>
    /// <param name="results">The gradient of what <see cref="ForwardRow"/> wrote, [width].</param>
    /// <param name="gradients">Receives that of the source; may be the results' where it is not added to.</param>
    /// <param name="isAdded">True to add to the gradients.</param>
    /// <param name="gain">[width].</param>
    /// <param name="normalised">As the forward pass left it.</param>
    /// <param name="factor">As the forward pass returned it.</param>
    /// <param name="gainGradients">Added to.</param>
    /// <param name="shiftGradients">Added to, or null.</param>
    /// <param name="width">Elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void BackwardRow(
        float* results, float* gradients, bool isAdded, float* gain, float* normalised, float factor, float* gainGradients, float* shiftGradients, int width)
    {
        int whole = width - (width % Lanes);
        Vector512<float> sums = Vector512<float>.Zero;
        Vector512<float> products = Vector512<float>.Zero;
        for (int i = 0; i < whole; i += Lanes)
        {
            Vector512<float> y = Vector512.Load(results + i);
            Vector512<float> x = Vector512.Load(normalised + i);
            Vector512<float> g = y * Vector512.Load(gain + i);
            sums += g;
            products = Vector512.FusedMultiplyAdd(g, x, products);
            Vector512.FusedMultiplyAdd(y, x, Vector512.Load(gainGradients + i)).Store(gainGradients + i);
            if (shiftGradients != null)
            {
                (Vector512.Load(shiftGradients + i) + y).Store(shiftGradients + i);
            }
        }

        float sum = AddUp(sums);
        float product = AddUp(products);
        for (int i = whole; i < width; i++)
        {
            float g = results[i] * gain[i];
            sum += g;
            product = MathF.FusedMultiplyAdd(g, normalised[i], product);
            gainGradients[i] = MathF.FusedMultiplyAdd(results[i], normalised[i], gainGradients[i]);
            if (shiftGradients != null)
            {
                shiftGradients[i] += results[i];
            }
        }

        float mean = sum / width;
        product /= width;
        Vector512<float> means = Vector512.Create(mean);
        Vector512<float> shares = Vector512.Create(product);
        Vector512<float> factors = Vector512.Create(factor);
        for (int i = 0; i < whole; i += Lanes)
        {
            Vector512<float> g = (Vector512.Load(results + i) * Vector512.Load(gain + i)) - means;
            Vector512<float> gradient = (g - (Vector512.Load(normalised + i) * shares)) * factors;
            (isAdded ? Vector512.Load(gradients + i) + gradient : gradient).Store(gradients + i);
        }

        for (int i = whole; i < width; i++)
        {
            float gradient = ((results[i] * gain[i]) - mean - (normalised[i] * product)) * factor;
            gradients[i] = isAdded ? gradients[i] + gradient : gradient;
        }
    }

    /// <summary>Normalises up to sixteen neighbouring units over the rows of a step.</summary>
    /// <param name="source">First unit of the first row.</param>
    /// <param name="target">Likewise; may be the source.</param>
    /// <param name="units">The units.</param>
    /// <param name="columns">What belongs to the units.</param>
    /// <param name="count">1 to 16 units.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Share by which running statistics move.</param>
    public static void ForwardColumns(RowPointer source, RowPointer target, int units, ColumnPointers columns, int count, int rows, float epsilon, float momentum)
    {
        Vector512<float> mean;
        Vector512<float> variance;
        if (columns.Mode == ColumnMode.Frozen)
        {
            mean = Load(columns.Means, count);
            variance = Load(columns.Variances, count);
        }
        else
        {
            Vector512<float> sums = Vector512<float>.Zero;
            for (int row = 0; row < rows; row++)
            {
                sums += Load(source.At(row, units), count);
            }

            mean = sums / Vector512.Create((float)rows);
            Vector512<float> squares = Vector512<float>.Zero;
            for (int row = 0; row < rows; row++)
            {
                Vector512<float> difference = Load(source.At(row, units), count) - mean;
                squares = Vector512.FusedMultiplyAdd(difference, difference, squares);
            }

            variance = squares / Vector512.Create((float)rows);
        }

        if (columns.Mode == ColumnMode.Moving)
        {
            Move(columns.Means, mean, count, momentum);
            Move(columns.Variances, variance, count, momentum);
        }

        Vector512<float> factor = Vector512<float>.One / Vector512.Sqrt(variance + Vector512.Create(epsilon));
        Store(columns.Factors, factor, count);
        Vector512<float> gain = Load(columns.Gain, count);
        Vector512<float> shift = columns.Shift == null ? Vector512<float>.Zero : Load(columns.Shift, count);
        for (int row = 0; row < rows; row++)
        {
            Vector512<float> value = (Load(source.At(row, units), count) - mean) * factor;
            if (columns.Normalised.Base != null)
            {
                Store(columns.Normalised.At(row, units), value, count);
            }

            Store(target.At(row, units), Vector512.FusedMultiplyAdd(gain, value, shift), count);
        }
    }

    /// <summary>The gradient of up to sixteen neighbouring units over the rows of a step.</summary>
    public static void BackwardColumns(RowPointer results, RowPointer gradients, bool isAdded, int units, ColumnPointers columns, int count, int rows)
    {
        Vector512<float> sums = Vector512<float>.Zero;
        Vector512<float> products = Vector512<float>.Zero;
        for (int row = 0; row < rows; row++)
        {
            Vector512<float> y = Load(results.At(row, units), count);
            sums += y;
            products = Vector512.FusedMultiplyAdd(y, Load(columns.Normalised.At(row, units), count), products);
        }

        Store(columns.GainGradients, Load(columns.GainGradients, count) + products, count);
        if (columns.ShiftGradients != null)
        {
            Store(columns.ShiftGradients, Load(columns.ShiftGradients, count) + sums, count);
        }

        Vector512<float> share = columns.Mode == ColumnMode.Frozen ? Vector512<float>.Zero : Vector512<float>.One / Vector512.Create((float)rows);
        Vector512<float> factor = Load(columns.Gain, count) * Load(columns.Factors, count);
        for (int row = 0; row < rows; row++)
        {
            Vector512<float> y = Load(results.At(row, units), count);
            Vector512<float> gradient = (y - (sums * share) - (Load(columns.Normalised.At(row, units), count) * (products * share))) * factor;
            Store(gradients.At(row, units), isAdded ? Load(gradients.At(row, units), count) + gradient : gradient, count);
        }
    }

    private static void Move(float* statistics, Vector512<float> batch, int count, float momentum)
    {
        Vector512<float> old = Load(statistics, count);
        Store(statistics, Vector512.FusedMultiplyAdd(Vector512.Create(momentum), batch - old, old), count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(float* source, int count) => count == Lanes ? Vector512.Load(source) : LoadPart(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, Vector512<float> values, int count)
    {
        if (count == Lanes)
        {
            values.Store(target);
        }
        else
        {
            StorePart(target, values, count);
        }
    }

    // Methods of their own, for the stack that they take is given back when they return.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> LoadPart(float* source, int count)
    {
        float* padded = stackalloc float[Lanes];
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(padded, Lanes));
        return Vector512.Load(padded);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StorePart(float* target, Vector512<float> values, int count)
    {
        float* padded = stackalloc float[Lanes];
        values.Store(padded);
        new ReadOnlySpan<float>(padded, count).CopyTo(new Span<float>(target, count));
    }

    // The sums side by side, then what is left of the row; squares of the differences to the mean, or the elements themselves.
    private static float Add(Vector512<float> sums, float* source, int first, int end, float mean, bool isSquare)
    {
        float sum = AddUp(sums);
        for (int i = first; i < end; i++)
        {
            float difference = source[i] - mean;
            sum = isSquare ? MathF.FusedMultiplyAdd(difference, difference, sum) : sum + source[i];
        }

        return sum;
    }

    private static float AddUp(Vector512<float> sums)
    {
        float sum = 0.0f;
        for (int lane = 0; lane < Lanes; lane++)
        {
            sum += sums.GetElement(lane);
        }

        return sum;
    }
}
