using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>A one-dimensional window onto device memory whose neighbours lie a stride apart.</summary>
/// <typeparam name="T">The element; contains no references.</typeparam>
/// <typeparam name="TStride">The mapping from positions to elements.</typeparam>
public readonly struct ArrayView1D<T, TStride>
    where T : unmanaged
    where TStride : struct, IStride1D
{
    private readonly ArrayView<T> _baseView;
    private readonly TStride _stride;
    private readonly long _extent;

    /// <summary>Lays <paramref name="extent"/> positions over <paramref name="baseView"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Validation is on and the positions need more elements than the base view has.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ArrayView1D(ArrayView<T> baseView, LongIndex1D extent, TStride stride)
    {
        if (Validation.IsEnabled)
        {
            ViewChecks.RequireSubView("ArrayView1D", 0, stride.ComputeBufferLength(extent), baseView.Length);
        }

        _baseView = baseView;
        _extent = extent.X;
        _stride = stride;
    }

    /// <summary>A view without elements.</summary>
    public static ArrayView1D<T, TStride> Empty => default;

    /// <summary>The bytes of one element.</summary>
    public static int ElementSize => ArrayView<T>.ElementSize;

    /// <summary>The elements under this view, those between its positions included.</summary>
    public ArrayView<T> BaseView => _baseView;

    /// <summary>The number of positions as an index.</summary>
    public LongIndex1D Extent => new(_extent);

    /// <summary>The number of positions as a 32-bit index.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public Index1D IntExtent => new(IntLength);

    /// <summary>The mapping from positions to elements.</summary>
    public TStride Stride => _stride;

    /// <summary>False for a view that belongs to no memory.</summary>
    public bool IsValid => _baseView.IsValid;

    /// <summary>The number of positions.</summary>
    public long Length => _extent;

    /// <summary>The number of positions in 32 bits.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public int IntLength => checked((int)_extent);

    /// <summary>The bytes of all positions, without the elements between them.</summary>
    public long LengthInBytes => _extent * ElementSize;

    /// <summary>The element at <paramref name="index"/>, to read or to write.</summary>
    public ref T this[Index1D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (Validation.IsEnabled)
            {
                ViewChecks.RequireElement(_baseView.Source, index.X, _extent, typeof(T));
            }

            return ref _baseView[_stride.ComputeElementIndex(index)];
        }
    }

    /// <summary>The element at <paramref name="index"/>, to read or to write.</summary>
    public ref T this[LongIndex1D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (Validation.IsEnabled)
            {
                ViewChecks.RequireElement(_baseView.Source, index.X, _extent, typeof(T));
            }

            return ref _baseView[_stride.ComputeElementIndex(index)];
        }
    }

    /// <summary>A view without elements that has the given stride.</summary>
    public static ArrayView1D<T, TStride> GetEmpty(TStride stride) => new(default, default, stride);

    /// <summary>The distance in elements of <paramref name="index"/> from the start of <see cref="BaseView"/>.</summary>
    public int ComputeLinearIndex(Index1D index) => _stride.ComputeElementIndex(index);

    /// <summary>The distance in elements of <paramref name="index"/> from the start of <see cref="BaseView"/>.</summary>
    public long ComputeLinearIndex(LongIndex1D index) => _stride.ComputeElementIndex(index);

    /// <summary><paramref name="extent"/> positions from <paramref name="index"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Validation is on and they do not lie inside this view.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ArrayView1D<T, TStride> SubView(Index1D index, Index1D extent) => SubView(index.ToLongIndex(), extent.ToLongIndex());

    /// <summary><paramref name="extent"/> positions from <paramref name="index"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Validation is on and they do not lie inside this view.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ArrayView1D<T, TStride> SubView(LongIndex1D index, LongIndex1D extent)
    {
        if (Validation.IsEnabled)
        {
            ViewChecks.RequireSubView("ArrayView1D.SubView", index.X, extent.X, _extent);
        }

        long first = _stride.ComputeElementIndex(index);
        return new ArrayView1D<T, TStride>(_baseView.SubView(first, _stride.ComputeBufferLength(extent)), extent, _stride);
    }

    /// <summary>All elements under this view, those between its positions included.</summary>
    public ArrayView<T> AsContiguous() => _baseView;

    /// <summary>This view without a stride.</summary>
    /// <exception cref="InvalidOperationException">Its positions do not lie side by side.</exception>
    public ArrayView1D<T, Stride1D.Dense> AsDense()
    {
        if (_stride.XStride != 1)
        {
            throw new InvalidOperationException(
                $"ArrayView1D.AsDense: the view has stride {_stride.XStride}, but stride 1 was needed. Copy it to a dense buffer first.");
        }

        return new ArrayView1D<T, Stride1D.Dense>(_baseView, Extent, default);
    }

    /// <summary>The same positions with a stored stride.</summary>
    public ArrayView1D<T, Stride1D.General> AsGeneral() => AsGeneral(_stride.AsGeneral());

    /// <summary>As many positions as this view has, laid over its elements with another stride.</summary>
    public ArrayView1D<T, Stride1D.General> AsGeneral(Stride1D.General stride) => new(_baseView, Extent, stride);

    /// <summary>The same positions with a stored stride.</summary>
    public ArrayView1D<T, Stride1D.General> To1DView() => AsGeneral(_stride.To1DStride());

    /// <summary>Lays a two-dimensional view over the elements under this one.</summary>
    public ArrayView2D<T, TOtherStride> As2DView<TOtherStride>(LongIndex2D extent, TOtherStride stride)
        where TOtherStride : struct, IStride2D => new(_baseView, extent, stride);

    /// <summary>Lays a column-major view without padding over the elements under this one.</summary>
    public ArrayView2D<T, Stride2D.DenseX> As2DDenseXView(LongIndex2D extent) =>
        new(_baseView, extent, Stride2D.DenseX.FromExtent(extent));

    /// <summary>Lays a row-major view without padding over the elements under this one.</summary>
    public ArrayView2D<T, Stride2D.DenseY> As2DDenseYView(LongIndex2D extent) =>
        new(_baseView, extent, Stride2D.DenseY.FromExtent(extent));

    /// <inheritdoc/>
    public override string ToString() => $"ArrayView1D<{typeof(T).Name}>[{_extent}], stride {_stride.XStride}";
}
