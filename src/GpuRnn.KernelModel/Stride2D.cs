using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>The strides of two-dimensional views.</summary>
public static class Stride2D
{
    /// <summary>Column-major: neighbours along X lie side by side, rows of X lie YStride apart.</summary>
    public readonly struct DenseX : IStride2D
    {
        /// <summary>Positions that differ by one in Y lie <paramref name="yStride"/> elements apart.</summary>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="yStride"/> is below 1.</exception>
        public DenseX(int yStride)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(yStride, 1);
            YStride = yStride;
        }

        /// <summary>The stride of a view without padding whose extent is <paramref name="extent"/>; an empty extent gets distance 1.</summary>
        public static DenseX FromExtent(Index2D extent) => new(Math.Max(1, extent.X));

        /// <summary>The stride of a view without padding whose extent is <paramref name="extent"/>; an empty extent gets distance 1.</summary>
        /// <exception cref="OverflowException">The distance does not fit 32 bits.</exception>
        public static DenseX FromExtent(LongIndex2D extent) => new(Math.Max(1, checked((int)extent.X)));

        /// <inheritdoc/>
        public Index2D StrideExtent => new(XStride, YStride);

        /// <inheritdoc/>
        public int XStride => 1;

        /// <inheritdoc/>
        public int YStride { get; }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int ComputeElementIndex(Index2D index) => index.X + (index.Y * YStride);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long ComputeElementIndex(LongIndex2D index) => index.X + (index.Y * (long)YStride);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int ComputeElementIndexChecked(Index2D index, Index2D extent)
        {
            ViewChecks.RequireInBounds(index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long ComputeElementIndexChecked(LongIndex2D index, LongIndex2D extent)
        {
            ViewChecks.RequireInBounds(index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public Index2D ReconstructFromElementIndex(int elementIndex) => new(elementIndex % YStride, elementIndex / YStride);

        /// <inheritdoc/>
        public LongIndex2D ReconstructFromElementIndex(long elementIndex) => new(elementIndex % YStride, elementIndex / YStride);

        /// <inheritdoc/>
        public int ComputeBufferLength(Index2D extent) => extent.X == 0 || extent.Y == 0 ? 0 : ComputeElementIndex(extent - Index2D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex2D extent) => extent.X == 0 || extent.Y == 0 ? 0 : ComputeElementIndex(extent - LongIndex2D.One) + 1;

        /// <inheritdoc/>
        public General AsGeneral() => new(new Index2D(XStride, YStride));

        /// <inheritdoc/>
        public Stride1D.General To1DStride() => new(1);

        /// <inheritdoc/>
        public override string ToString() => $"DenseX({XStride}, {YStride})";
    }

    /// <summary>Row-major: neighbours along Y lie side by side, rows of Y lie XStride apart.</summary>
    public readonly struct DenseY : IStride2D
    {
        /// <summary>Positions that differ by one in X lie <paramref name="xStride"/> elements apart.</summary>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="xStride"/> is below 1.</exception>
        public DenseY(int xStride)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(xStride, 1);
            XStride = xStride;
        }

        /// <summary>The stride of a view without padding whose extent is <paramref name="extent"/>; an empty extent gets distance 1.</summary>
        public static DenseY FromExtent(Index2D extent) => new(Math.Max(1, extent.Y));

        /// <summary>The stride of a view without padding whose extent is <paramref name="extent"/>; an empty extent gets distance 1.</summary>
        /// <exception cref="OverflowException">The distance does not fit 32 bits.</exception>
        public static DenseY FromExtent(LongIndex2D extent) => new(Math.Max(1, checked((int)extent.Y)));

        /// <inheritdoc/>
        public Index2D StrideExtent => new(XStride, YStride);

        /// <inheritdoc/>
        public int XStride { get; }

        /// <inheritdoc/>
        public int YStride => 1;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int ComputeElementIndex(Index2D index) => (index.X * XStride) + index.Y;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long ComputeElementIndex(LongIndex2D index) => (index.X * (long)XStride) + index.Y;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int ComputeElementIndexChecked(Index2D index, Index2D extent)
        {
            ViewChecks.RequireInBounds(index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long ComputeElementIndexChecked(LongIndex2D index, LongIndex2D extent)
        {
            ViewChecks.RequireInBounds(index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public Index2D ReconstructFromElementIndex(int elementIndex) => new(elementIndex / XStride, elementIndex % XStride);

        /// <inheritdoc/>
        public LongIndex2D ReconstructFromElementIndex(long elementIndex) => new(elementIndex / XStride, elementIndex % XStride);

        /// <inheritdoc/>
        public int ComputeBufferLength(Index2D extent) => extent.X == 0 || extent.Y == 0 ? 0 : ComputeElementIndex(extent - Index2D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex2D extent) => extent.X == 0 || extent.Y == 0 ? 0 : ComputeElementIndex(extent - LongIndex2D.One) + 1;

        /// <inheritdoc/>
        public General AsGeneral() => new(new Index2D(XStride, YStride));

        /// <inheritdoc/>
        public Stride1D.General To1DStride() => new(1);

        /// <inheritdoc/>
        public override string ToString() => $"DenseY({XStride}, {YStride})";
    }

    /// <summary>Both distances are stored.</summary>
    public readonly struct General : IStride2D
    {
        /// <summary>Neighbours along each axis lie the given number of elements apart.</summary>
        /// <exception cref="ArgumentOutOfRangeException">A component is negative.</exception>
        public General(Index2D stride)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(stride.X, nameof(stride));
            ArgumentOutOfRangeException.ThrowIfNegative(stride.Y, nameof(stride));
            XStride = stride.X;
            YStride = stride.Y;
        }

        /// <inheritdoc/>
        public Index2D StrideExtent => new(XStride, YStride);

        /// <inheritdoc/>
        public int XStride { get; }

        /// <inheritdoc/>
        public int YStride { get; }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int ComputeElementIndex(Index2D index) => (index.X * XStride) + (index.Y * YStride);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long ComputeElementIndex(LongIndex2D index) => (index.X * (long)XStride) + (index.Y * (long)YStride);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int ComputeElementIndexChecked(Index2D index, Index2D extent)
        {
            ViewChecks.RequireInBounds(index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long ComputeElementIndexChecked(LongIndex2D index, LongIndex2D extent)
        {
            ViewChecks.RequireInBounds(index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public Index2D ReconstructFromElementIndex(int elementIndex) => ReconstructFromElementIndex((long)elementIndex).ToIntIndex();

        /// <inheritdoc/>
        public LongIndex2D ReconstructFromElementIndex(long elementIndex)
        {
            // The axis with the larger distance is the outer one; a distance of 0 leaves its axis at 0.
            if (XStride >= YStride)
            {
                long x = XStride == 0 ? 0 : elementIndex / XStride;
                return new(x, YStride == 0 ? 0 : (elementIndex - (x * XStride)) / YStride);
            }

            long y = elementIndex / YStride;
            return new(XStride == 0 ? 0 : (elementIndex - (y * YStride)) / XStride, y);
        }

        /// <inheritdoc/>
        public int ComputeBufferLength(Index2D extent) => extent.X == 0 || extent.Y == 0 ? 0 : ComputeElementIndex(extent - Index2D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex2D extent) => extent.X == 0 || extent.Y == 0 ? 0 : ComputeElementIndex(extent - LongIndex2D.One) + 1;

        /// <inheritdoc/>
        public General AsGeneral() => new(new Index2D(XStride, YStride));

        /// <inheritdoc/>
        public Stride1D.General To1DStride() => new(XStride);

        /// <inheritdoc/>
        public override string ToString() => $"General({XStride}, {YStride})";
    }
}
