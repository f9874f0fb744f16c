namespace GpuRnn.KernelModel;

/// <summary>Maps positions of a view to distances, in elements, from its first element.</summary>
/// <typeparam name="TIndex">The 32-bit index.</typeparam>
/// <typeparam name="TLongIndex">The 64-bit index of the same dimensions.</typeparam>
public interface IStride<TIndex, TLongIndex>
    where TIndex : struct
    where TLongIndex : struct
{
    /// <summary>The distances along all axes as one index.</summary>
    TIndex StrideExtent { get; }

    /// <summary>The distance of <paramref name="index"/>; bounds are not checked.</summary>
    int ComputeElementIndex(TIndex index);

    /// <summary>The distance of <paramref name="index"/> in 64 bits; bounds are not checked.</summary>
    long ComputeElementIndex(TLongIndex index);

    /// <summary>The distance of <paramref name="index"/>, which must lie inside <paramref name="extent"/>.</summary>
    /// <exception cref="IndexOutOfRangeException">It does not.</exception>
    int ComputeElementIndexChecked(TIndex index, TIndex extent);

    /// <summary>The distance of <paramref name="index"/> in 64 bits, which must lie inside <paramref name="extent"/>.</summary>
    /// <exception cref="IndexOutOfRangeException">It does not.</exception>
    long ComputeElementIndexChecked(TLongIndex index, TLongIndex extent);

    /// <summary>The position whose distance is <paramref name="elementIndex"/>, if the mapping can be inverted.</summary>
    TIndex ReconstructFromElementIndex(int elementIndex);

    /// <summary>The position whose distance is <paramref name="elementIndex"/>, if the mapping can be inverted.</summary>
    TLongIndex ReconstructFromElementIndex(long elementIndex);

    /// <summary>The number of elements that a buffer for <paramref name="extent"/> positions needs.</summary>
    int ComputeBufferLength(TIndex extent);

    /// <summary>The number of elements, in 64 bits, that a buffer for <paramref name="extent"/> positions needs.</summary>
    long ComputeBufferLength(TLongIndex extent);

    /// <summary>A one-dimensional mapping that visits the view's elements with the smallest of the distances.</summary>
    Stride1D.General To1DStride();
}
