using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>The strides of one-dimensional views.</summary>
public static class Stride1D
{
    /// <summary>The distance in elements of <paramref name="index"/> from the start of a view.</summary>
    public static int ComputeElementIndex<TStride>(TStride stride, Index1D index)
        where TStride : struct, IStride1D => stride.ComputeElementIndex(index);

    /// <summary>The distance in elements of <paramref name="index"/> from the start of a view.</summary>
    public static long ComputeElementIndex<TStride>(TStride stride, LongIndex1D index)
        where TStride : struct, IStride1D => stride.ComputeElementIndex(index);

    /// <summary>As ComputeElementIndex, after a check against <paramref name="extent"/> that is always made.</summary>
    public static int ComputeElementIndexChecked<TStride>(TStride stride, Index1D index, Index1D extent)
        where TStride : struct, IStride1D => stride.ComputeElementIndexChecked(index, extent);

    /// <summary>As ComputeElementIndex, after a check against <paramref name="extent"/> that is always made.</summary>
    public static long ComputeElementIndexChecked<TStride>(TStride stride, LongIndex1D index, LongIndex1D extent)
        where TStride : struct, IStride1D => stride.ComputeElementIndexChecked(index, extent);

    /// <summary>The number of elements that a buffer for <paramref name="extent"/> positions needs.</summary>
    public static int ComputeBufferLength<TStride>(TStride stride, Index1D extent)
        where TStride : struct, IStride1D => stride.ComputeBufferLength(extent);

    /// <summary>The number of elements that a buffer for <paramref name="extent"/> positions needs.</summary>
    public static long ComputeBufferLength<TStride>(TStride stride, LongIndex1D extent)
        where TStride : struct, IStride1D => stride.ComputeBufferLength(extent);

    /// <summary>Neighbours lie side by side.</summary>
    public readonly struct Dense : IStride1D
    {
        /// <inheritdoc/>
        public Index1D StrideExtent => new(XStride);

        /// <inheritdoc/>
        public int XStride => 1;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int ComputeElementIndex(Index1D index) => index.X;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long ComputeElementIndex(LongIndex1D index) => index.X;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int ComputeElementIndexChecked(Index1D index, Index1D extent)
        {
            ViewChecks.RequireInBounds(index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long ComputeElementIndexChecked(LongIndex1D index, LongIndex1D extent)
        {
            ViewChecks.RequireInBounds(index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public Index1D ReconstructFromElementIndex(int elementIndex) => elementIndex;

        /// <inheritdoc/>
        public LongIndex1D ReconstructFromElementIndex(long elementIndex) => elementIndex;

        /// <inheritdoc/>
        public int ComputeBufferLength(Index1D extent) => extent.X;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex1D extent) => extent.X;

        /// <inheritdoc/>
        public General AsGeneral() => new(XStride);

        /// <inheritdoc/>
        public Stride1D.General To1DStride() => AsGeneral();

        /// <inheritdoc/>
        public override string ToString() => $"Dense({XStride})";
    }

    /// <summary>Neighbours lie a stored number of elements apart.</summary>
    public readonly struct General : IStride1D
    {
        /// <summary>Neighbours lie <paramref name="stride"/> elements apart; 0 makes all positions the same element.</summary>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="stride"/> is negative.</exception>
        public General(Index1D stride)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(stride.X, nameof(stride));
            XStride = stride.X;
        }

        /// <inheritdoc/>
        public Index1D StrideExtent => new(XStride);

        /// <inheritdoc/>
        public int XStride { get; }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int ComputeElementIndex(Index1D index) => index.X * XStride;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long ComputeElementIndex(LongIndex1D index) => index.X * (long)XStride;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int ComputeElementIndexChecked(Index1D index, Index1D extent)
        {
            ViewChecks.RequireInBounds(index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long ComputeElementIndexChecked(LongIndex1D index, LongIndex1D extent)
        {
            ViewChecks.RequireInBounds(index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public Index1D ReconstructFromElementIndex(int elementIndex) => XStride == 0 ? default : elementIndex / XStride;

        /// <inheritdoc/>
        public LongIndex1D ReconstructFromElementIndex(long elementIndex) => XStride == 0 ? default : elementIndex / XStride;

        /// <inheritdoc/>
        public int ComputeBufferLength(Index1D extent) => extent.X == 0 ? 0 : ((extent.X - 1) * XStride) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex1D extent) => extent.X == 0 ? 0 : ((extent.X - 1) * (long)XStride) + 1;

        /// <inheritdoc/>
        public General AsGeneral() => new(XStride);

        /// <inheritdoc/>
        public Stride1D.General To1DStride() => AsGeneral();

        /// <inheritdoc/>
        public override string ToString() => $"General({XStride})";
    }
}
