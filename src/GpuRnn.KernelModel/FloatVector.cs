using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GpuRnn.KernelModel;

/// <summary>Single-precision numbers that one work-item computes with side by side.</summary>
/// <typeparam name="TCount">How many.</typeparam>
/// <remarks>
/// Every operation acts on each element alone and is rounded as the same operation on a <see cref="float"/> is, so the width changes no
/// bit. A local variable of this type is a register of the device; it cannot be a kernel's parameter nor the element of a view.
/// </remarks>
public readonly struct FloatVector<TCount>
    where TCount : struct, ILaneCount
{
    // The widest register whatever the count: the elements beyond it are computed and never seen.
    private readonly Vector512<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal FloatVector(Vector512<float> value)
    {
        _value = value;
    }

    /// <summary>The same number in every element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> Broadcast(float value) => new(Vector512.Create(value));

    /// <summary>Reads neighbouring elements of a view; any position will do.</summary>
    /// <param name="source">Holds all of them.</param>
    /// <param name="index">The first.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> Load(ArrayView<float> source, int index)
    {
        Require(source, index);
        ref float first = ref source[index];
        return TCount.Count switch
        {
            16 => new(Vector512.LoadUnsafe(ref first)),
            8 => new(Vector256.LoadUnsafe(ref first).ToVector512()),
            _ => new(Vector128.LoadUnsafe(ref first).ToVector256().ToVector512()),
        };
    }

    /// <summary>Reads at most <paramref name="count"/> neighbouring elements of a view; zeros stand for the others.</summary>
    /// <param name="source">Holds the elements that are read.</param>
    /// <param name="index">The first.</param>
    /// <param name="count">How many may be read; more than the vector has count as all.</param>
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

    /// <summary>Writes neighbouring elements of a view; any position will do.</summary>
    /// <param name="target">Has room for all of them.</param>
    /// <param name="index">The first.</param>
    /// <param name="value">What is written.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, FloatVector<TCount> value)
    {
        Require(target, index);
        ref float first = ref target[index];
        switch (TCount.Count)
        {
            case 16:
                value._value.StoreUnsafe(ref first);
                break;
            case 8:
                value._value.GetLower().StoreUnsafe(ref first);
                break;
            default:
                value._value.GetLower().GetLower().StoreUnsafe(ref first);
                break;
        }
    }

    /// <summary>Writes at most <paramref name="count"/> neighbouring elements of a view.</summary>
    /// <param name="target">Has room for the elements that are written.</param>
    /// <param name="index">The first.</param>
    /// <param name="count">How many may be written; more than the vector has count as all.</param>
    /// <param name="value">What is written.</param>
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

    /// <summary>One element; the index is taken modulo the number of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Element(FloatVector<TCount> value, int index) => value._value.GetElement(index & (TCount.Count - 1));

    /// <summary>The vector with one element replaced; the index is taken modulo the number of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> WithElement(FloatVector<TCount> value, int index, float element) =>
        new(value._value.WithElement(index & (TCount.Count - 1), element));

    /// <summary>The sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> operator +(FloatVector<TCount> left, FloatVector<TCount> right) => new(left._value + right._value);

    /// <summary>The differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> operator -(FloatVector<TCount> left, FloatVector<TCount> right) => new(left._value - right._value);

    /// <summary>The products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> operator *(FloatVector<TCount> left, FloatVector<TCount> right) => new(left._value * right._value);

    /// <summary>The quotients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> operator /(FloatVector<TCount> left, FloatVector<TCount> right) => new(left._value / right._value);

    /// <summary>The elements with their signs flipped, those of zeros too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> operator -(FloatVector<TCount> value) => new(-value._value);

    /// <summary><c>left * right + addend</c> with one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> MultiplyAdd(FloatVector<TCount> left, FloatVector<TCount> right, FloatVector<TCount> addend) =>
        new(Vector512.FusedMultiplyAdd(left._value, right._value, addend._value));

    /// <summary>The magnitudes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> Abs(FloatVector<TCount> value) => new(Vector512.Abs(value._value));

    /// <summary>The square roots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> Sqrt(FloatVector<TCount> value) => new(Vector512.Sqrt(value._value));

    /// <summary>Element by element, <paramref name="whenGreater"/> where left is greater than right, else <paramref name="otherwise"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> SelectGreater(
        FloatVector<TCount> left, FloatVector<TCount> right, FloatVector<TCount> whenGreater, FloatVector<TCount> otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(left._value, right._value), whenGreater._value, otherwise._value));

    /// <summary>The bits of the elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> AsInt(FloatVector<TCount> value) => new(value._value.AsInt32());

    /// <summary>The elements with the given bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> FromBits(IntVector<TCount> bits) => new(bits.Value.AsSingle());

    /// <summary>The nearest single-precision numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatVector<TCount> FromInt(IntVector<TCount> value) => new(Vector512.ConvertToSingle(value.Value));

    private static void Require(ArrayView<float> view, int index)
    {
        if (Validation.IsEnabled)
        {
            ViewChecks.RequireSubView("FloatVector", index, TCount.Count, view.Length);
        }
    }
}
