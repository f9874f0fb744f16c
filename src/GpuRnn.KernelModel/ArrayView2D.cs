using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>A two-dimensional window onto device memory.</summary>
/// <typeparam name="T">The element; contains no references.</typeparam>
/// <typeparam name="TStride">The mapping from positions to elements.</typeparam>
public readonly struct ArrayView2D<T, TStride>
    where T : unmanaged
    where TStride : struct, IStride2D
{
    private readonly ArrayView<T> _baseView;
    private readonly TStride _stride;
    private readonly LongIndex2D _extent;

    /// <summary>Lays <paramref name="extent"/> positions over <paramref name="baseView"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Validation is on and the last position lies outside the base view.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ArrayView2D(ArrayView<T> baseView, LongIndex2D extent, TStride stride)
    {
        if (Validation.IsEnabled && extent.Size > 0)
        {
            long last = stride.ComputeElementIndex(extent - LongIndex2D.One);
            ViewChecks.RequireSubView("ArrayView2D", last, 1, baseView.Length);
        }

        _baseView = baseView;
        _extent = extent;
        _stride = stride;
    }

    /// <summary>A view without elements.</summary>
    public static ArrayView2D<T, TStride> Empty => default;

    /// <summary>The bytes of one element.</summary>
    public static int ElementSize => ArrayView<T>.ElementSize;

    /// <summary>The elements under this view, those between its positions included.</summary>
    public ArrayView<T> BaseView => _baseView;

    /// <summary>The number of positions along each axis.</summary>
    public LongIndex2D Extent => _extent;

    /// <summary>The number of positions along each axis in 32 bits.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public Index2D IntExtent => _extent.ToIntIndex();

    /// <summary>The mapping from positions to elements.</summary>
    public TStride Stride => _stride;

    /// <summary>False for a view that belongs to no memory.</summary>
    public bool IsValid => _baseView.IsValid;

    /// <summary>The number of positions.</summary>
    public long Length => _extent.Size;

    /// <summary>The number of positions in 32 bits.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public int IntLength => checked((int)_extent.Size);

    /// <summary>The bytes of all positions, without the elements between them.</summary>
    public long LengthInBytes => _extent.Size * ElementSize;

    /// <summary>The element at <paramref name="index"/>, to read or to write.</summary>
    public ref T this[Index2D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (Validation.IsEnabled)
            {
                ViewChecks.RequireInBounds(index.ToLongIndex(), _extent);
            }

            return ref _baseView[_stride.ComputeElementIndex(index)];
        }
    }

    /// <summary>The element at (<paramref name="x"/>, <paramref name="y"/>), to read or to write.</summary>
    public ref T this[int x, int y]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref this[new Index2D(x, y)];
    }

    /// <summary>The element at <paramref name="index"/>, to read or to write.</summary>
    public ref T this[LongIndex2D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (Validation.IsEnabled)
            {
                ViewChecks.RequireInBounds(index, _extent);
            }

            return ref _baseView[_stride.ComputeElementIndex(index)];
        }
    }

    /// <summary>The element at (<paramref name="x"/>, <paramref name="y"/>), to read or to write.</summary>
    public ref T this[long x, long y]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref this[new LongIndex2D(x, y)];
    }

    /// <summary>A view without elements that has the given stride.</summary>
    public static ArrayView2D<T, TStride> GetEmpty(TStride stride) => new(default, default, stride);

    /// <summary>The distance in elements of <paramref name="index"/> from the start of <see cref="BaseView"/>.</summary>
    public int ComputeLinearIndex(Index2D index) => _stride.ComputeElementIndex(index);

    /// <summary>The distance in elements of <paramref name="index"/> from the start of <see cref="BaseView"/>.</summary>
    public long ComputeLinearIndex(LongIndex2D index) => _stride.ComputeElementIndex(index);

    /// <summary>The block of <paramref name="extent"/> positions whose first corner is <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Validation is on and it does not lie inside this view.</exception>
    public ArrayView2D<T, TStride> SubView(Index2D index, Index2D extent) => SubView(index.ToLongIndex(), extent.ToLongIndex());

    /// <summary>The block of <paramref name="extent"/> positions whose first corner is <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Validation is on and it does not lie inside this view.</exception>
    public ArrayView2D<T, TStride> SubView(LongIndex2D index, LongIndex2D extent)
    {
        if (Validation.IsEnabled)
        {
            ViewChecks.RequireSubView("ArrayView2D.SubView along X", index.X, extent.X, _extent.X);
            ViewChecks.RequireSubView("ArrayView2D.SubView along Y", index.Y, extent.Y, _extent.Y);
        }

        // An empty block may start past the last element, where the base view has none.
        long first = extent.Size == 0 ? 0 : _stride.ComputeElementIndex(index);
        return new ArrayView2D<T, TStride>(_baseView.SubView(first), extent, _stride);
    }

    /// <summary>All elements under this view, those between its positions included.</summary>
    public ArrayView<T> AsContiguous() => _baseView;

    /// <summary>The same positions with stored strides.</summary>
    public ArrayView2D<T, Stride2D.General> AsGeneral() => AsGeneral(_stride.AsGeneral());

    /// <summary>As many positions as this view has, laid over its elements with other strides.</summary>
    public ArrayView2D<T, Stride2D.General> AsGeneral(Stride2D.General stride) => new(_baseView, _extent, stride);

    /// <summary>Lays a one-dimensional view of as many positions over the elements under this one.</summary>
    public ArrayView1D<T, TOtherStride> As1DView<TOtherStride>(TOtherStride stride)
        where TOtherStride : struct, IStride1D => new(_baseView, Length, stride);

    /// <summary>The same positions, known to be column-major.</summary>
    /// <exception cref="InvalidOperationException">Neighbours along X do not lie side by side.</exception>
    public ArrayView2D<T, Stride2D.DenseX> AsDenseX()
    {
        RequireUnitStride("AsDenseX", 'X', _stride.XStride);
        return new ArrayView2D<T, Stride2D.DenseX>(_baseView, _extent, new Stride2D.DenseX(_stride.YStride));
    }

    /// <summary>The same positions, known to be row-major.</summary>
    /// <exception cref="InvalidOperationException">Neighbours along Y do not lie side by side.</exception>
    public ArrayView2D<T, Stride2D.DenseY> AsDenseY()
    {
        RequireUnitStride("AsDenseY", 'Y', _stride.YStride);
        return new ArrayView2D<T, Stride2D.DenseY>(_baseView, _extent, new Stride2D.DenseY(_stride.XStride));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"ArrayView2D<{typeof(T).Name}>[{_extent.X}, {_extent.Y}], strides {_stride.XStride} and {_stride.YStride}";

    private static void RequireUnitStride(string method, char axis, int stride)
    {
        if (stride != 1)
        {
            throw new InvalidOperationException(
                $"ArrayView2D.{method}: the view has stride {stride} along {axis}, but 1 was needed. Copy it to a dense buffer first.");
        }
    }
}
