using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's FloatVector in the ILGPU build: the same meaning in plain fields, without registers behind it.</summary>
/// <typeparam name="TCount">How many; elements beyond are computed and never seen.</typeparam>
public struct FloatVector<TCount>
    where TCount : struct, ILaneCount
{
    internal FloatQuad First;
    internal FloatQuad Second;
    internal FloatQuad Third;
    internal FloatQuad Fourth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal FloatVector(FloatQuad first, FloatQuad second, FloatQuad third, FloatQuad fourth)
    {
        First = first;
        Second = second;
        Third = third;
        Fourth = fourth;
    }

    /// <summary>The same number in every element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> Broadcast(float value)
    {
        FloatQuad all = FloatQuad.Broadcast(value);
        return new(all, all, all, all);
    }

    /// <summary>One element; the index is taken modulo the number of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Element(FloatVector<TCount> value, int index)
    {
        int place = (index & (TCount.Count - 1)) >> 2;
        FloatQuad low = place == 0 ? value.First : value.Second;
        FloatQuad high = place == 2 ? value.Third : value.Fourth;
        return FloatQuad.Element(place < 2 ? low : high, index);
    }

    /// <summary>The vector with one element replaced; the index is taken modulo the number of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> WithElement(FloatVector<TCount> value, int index, float element)
    {
        int place = (index & (TCount.Count - 1)) >> 2;
        return new(
            place == 0 ? FloatQuad.WithElement(value.First, index, element) : value.First,
            place == 1 ? FloatQuad.WithElement(value.Second, index, element) : value.Second,
            place == 2 ? FloatQuad.WithElement(value.Third, index, element) : value.Third,
            place == 3 ? FloatQuad.WithElement(value.Fourth, index, element) : value.Fourth);
    }

    /// <summary>The sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> operator +(FloatVector<TCount> left, FloatVector<TCount> right) => new(
        left.First + right.First,
        left.Second + right.Second,
        left.Third + right.Third,
        left.Fourth + right.Fourth);

    /// <summary>The differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> operator -(FloatVector<TCount> left, FloatVector<TCount> right) => new(
        left.First - right.First,
        left.Second - right.Second,
        left.Third - right.Third,
        left.Fourth - right.Fourth);

    /// <summary>The products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> operator *(FloatVector<TCount> left, FloatVector<TCount> right) => new(
        left.First * right.First,
        left.Second * right.Second,
        left.Third * right.Third,
        left.Fourth * right.Fourth);

    /// <summary>The quotients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> operator /(FloatVector<TCount> left, FloatVector<TCount> right) => new(
        left.First / right.First,
        left.Second / right.Second,
        left.Third / right.Third,
        left.Fourth / right.Fourth);

    /// <summary>The elements with their signs flipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> operator -(FloatVector<TCount> value) => new(
        -value.First,
        -value.Second,
        -value.Third,
        -value.Fourth);

    /// <summary><c>left * right + addend</c> with one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> MultiplyAdd(FloatVector<TCount> left, FloatVector<TCount> right, FloatVector<TCount> addend) => new(
        FloatQuad.MultiplyAdd(left.First, right.First, addend.First),
        FloatQuad.MultiplyAdd(left.Second, right.Second, addend.Second),
        FloatQuad.MultiplyAdd(left.Third, right.Third, addend.Third),
        FloatQuad.MultiplyAdd(left.Fourth, right.Fourth, addend.Fourth));

    /// <summary>The magnitudes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> Abs(FloatVector<TCount> value) => new(
        FloatQuad.Abs(value.First),
        FloatQuad.Abs(value.Second),
        FloatQuad.Abs(value.Third),
        FloatQuad.Abs(value.Fourth));

    /// <summary>The square roots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> Sqrt(FloatVector<TCount> value) => new(
        FloatQuad.Sqrt(value.First),
        FloatQuad.Sqrt(value.Second),
        FloatQuad.Sqrt(value.Third),
        FloatQuad.Sqrt(value.Fourth));

    /// <summary>Element by element, one of two by a comparison.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> SelectGreater(FloatVector<TCount> left, FloatVector<TCount> right, FloatVector<TCount> whenGreater, FloatVector<TCount> otherwise) => new(
        FloatQuad.SelectGreater(left.First, right.First, whenGreater.First, otherwise.First),
        FloatQuad.SelectGreater(left.Second, right.Second, whenGreater.Second, otherwise.Second),
        FloatQuad.SelectGreater(left.Third, right.Third, whenGreater.Third, otherwise.Third),
        FloatQuad.SelectGreater(left.Fourth, right.Fourth, whenGreater.Fourth, otherwise.Fourth));

    /// <summary>The bits of the elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> AsInt(FloatVector<TCount> value) => new(
        FloatQuad.AsInt(value.First),
        FloatQuad.AsInt(value.Second),
        FloatQuad.AsInt(value.Third),
        FloatQuad.AsInt(value.Fourth));

    /// <summary>The elements with the given bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> FromBits(IntVector<TCount> bits) => new(
        IntQuad.AsFloat(bits.First),
        IntQuad.AsFloat(bits.Second),
        IntQuad.AsFloat(bits.Third),
        IntQuad.AsFloat(bits.Fourth));

    /// <summary>The nearest single-precision numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> FromInt(IntVector<TCount> value) => new(
        IntQuad.ToFloat(value.First),
        IntQuad.ToFloat(value.Second),
        IntQuad.ToFloat(value.Third),
        IntQuad.ToFloat(value.Fourth));

    /// <summary>Reads neighbouring elements of a view.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> Load(ArrayView<float> source, int index)
    {
        FloatVector<TCount> value = Broadcast(0f);
        value.First = FloatQuad.Load(source, index);
        if (TCount.Count > 4)
        {
            value.Second = FloatQuad.Load(source, index + 4);
        }

        if (TCount.Count > 8)
        {
            value.Third = FloatQuad.Load(source, index + 8);
            value.Fourth = FloatQuad.Load(source, index + 12);
        }

        return value;
    }

    /// <summary>Reads at most <paramref name="count"/> elements; zeros stand for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> LoadFirst(ArrayView<float> source, int index, int count)
    {
        if (count >= TCount.Count)
        {
            return Load(source, index);
        }

        FloatVector<TCount> value = Broadcast(0f);
        for (int i = 0; i < count; i++)
        {
            value = WithElement(value, i, source[index + i]);
        }

        return value;
    }

    /// <summary>Writes neighbouring elements of a view.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, FloatVector<TCount> value)
    {
        FloatQuad.Store(target, index, value.First);
        if (TCount.Count > 4)
        {
            FloatQuad.Store(target, index + 4, value.Second);
        }

        if (TCount.Count > 8)
        {
            FloatQuad.Store(target, index + 8, value.Third);
            FloatQuad.Store(target, index + 12, value.Fourth);
        }
    }

    /// <summary>Writes at most <paramref name="count"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(ArrayView<float> target, int index, int count, FloatVector<TCount> value)
    {
        if (count >= TCount.Count)
        {
            Store(target, index, value);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            target[index + i] = Element(value, i);
        }
    }
}
