namespace GpuRnn.Kernels.Lanes;

/// <summary>A lane of one or more neighbouring single-precision numbers that goes to and from a kernel's memory.</summary>
/// <typeparam name="TSelf">The lane type itself: <see cref="F32"/> or <see cref="F32Vector{TCount}"/>.</typeparam>
public interface IVectorReal<TSelf> : IBitReal<TSelf>
    where TSelf : struct, IVectorReal<TSelf>
{
    /// <summary>How many numbers.</summary>
    static abstract int Count { get; }

    /// <summary>The same number in every element.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>One of the elements.</summary>
    static abstract float Element(TSelf value, int index);

    /// <summary>Reads all elements from neighbouring positions; any first position will do.</summary>
    static abstract TSelf Load(ArrayView<float> source, int index);

    /// <summary>Reads the first <paramref name="count"/> elements and lets zeros stand for the others; a larger count means all.</summary>
    static abstract TSelf LoadFirst(ArrayView<float> source, int index, int count);

    /// <summary>Writes all elements to neighbouring positions.</summary>
    static abstract void Store(ArrayView<float> target, int index, TSelf value);

    /// <summary>Writes the first <paramref name="count"/> elements; a larger count means all.</summary>
    static abstract void StoreFirst(ArrayView<float> target, int index, int count, TSelf value);
}
