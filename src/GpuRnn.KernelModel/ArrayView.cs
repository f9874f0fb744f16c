using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuRnn.KernelModel;

/// <summary>A window onto contiguous elements of device memory; copying it copies no element.</summary>
/// <typeparam name="T">The element; contains no references.</typeparam>
/// <remarks>
/// Does not own the memory, but keeps a forgotten owner from being finalised. Accesses are checked only while
/// <see cref="Validation.IsEnabled"/>; otherwise an index out of bounds reads or destroys other memory.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly unsafe struct ArrayView<T>
    where T : unmanaged
{
    private readonly object? _source;
    private readonly T* _pointer;
    private readonly long _length;

    /// <summary>Makes a view of memory that <paramref name="source"/> keeps alive.</summary>
    /// <param name="source">The owner, null for memory that outlives all views.</param>
    /// <param name="pointer">Element 0.</param>
    /// <param name="length">The number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    public ArrayView(object? source, T* pointer, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _source = source;
        _pointer = pointer;
        _length = length;
    }

    /// <summary>A view without elements; equal to <c>default</c>.</summary>
    public static ArrayView<T> Empty => default;

    /// <summary>The bytes of one element.</summary>
    public static int ElementSize => sizeof(T);

    /// <summary>False for a view that belongs to no memory.</summary>
    public bool IsValid => _pointer != null;

    /// <summary>The number of elements as an index.</summary>
    public LongIndex1D Extent => new(_length);

    /// <summary>The stride, which carries no data: neighbours lie side by side.</summary>
    public Stride1D.Dense Stride => default;

    /// <summary>The number of elements as a 32-bit index.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public Index1D IntExtent => new(IntLength);

    /// <summary>The number of elements.</summary>
    public long Length => _length;

    /// <summary>The number of elements in 32 bits.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public int IntLength => checked((int)_length);

    /// <summary>The bytes of all elements.</summary>
    public long LengthInBytes => _length * sizeof(T);

    /// <summary>Element 0 in host memory, for hand-written SIMD code; not usable inside a kernel.</summary>
    /// <remarks>On a device whose memory the host cannot read this is a device address.</remarks>
    public T* HostPointer => _pointer;

    /// <summary>The object that owns the memory, null when none was named.</summary>
    public object? Source => _source;

    /// <summary>The element at <paramref name="index"/>, to read or to write.</summary>
    public ref T this[Index1D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref At(index.X);
    }

    /// <summary>The element at <paramref name="index"/>, to read or to write.</summary>
    public ref T this[LongIndex1D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref At(index.X);
    }

    /// <summary>The element at <paramref name="index"/>, to read or to write.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref At(index);
    }

    /// <summary>The element at <paramref name="index"/>, to read or to write.</summary>
    public ref T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref At(index);
    }

    /// <summary>The elements from <paramref name="index"/> to the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Validation is on and the start lies outside.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ArrayView<T> SubView(long index) => SubView(index, _length - index);

    /// <summary><paramref name="subViewLength"/> elements from <paramref name="index"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Validation is on and they do not lie inside this view.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ArrayView<T> SubView(int index, int subViewLength) => SubView((long)index, subViewLength);

    /// <summary><paramref name="subViewLength"/> elements from <paramref name="index"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Validation is on and they do not lie inside this view.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ArrayView<T> SubView(long index, long subViewLength)
    {
        if (Validation.IsEnabled)
        {
            ViewChecks.RequireSubView("ArrayView.SubView", index, subViewLength, _length);
        }

        return new ArrayView<T>(_source, _pointer + index, subViewLength);
    }

    /// <summary>The same bytes as elements of another type; a remainder that fills no element is left out.</summary>
    public ArrayView<TOther> Cast<TOther>()
        where TOther : unmanaged => new(_source, (TOther*)_pointer, LengthInBytes / sizeof(TOther));

    /// <summary>The same elements as a one-dimensional view with a stride.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator ArrayView1D<T, Stride1D.Dense>(ArrayView<T> view) => new(view, view.Extent, default);

    /// <summary>The elements of a dense view.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator ArrayView<T>(ArrayView1D<T, Stride1D.Dense> view) => view.BaseView.SubView(0, view.Length);

    /// <inheritdoc/>
    public override string ToString() => $"ArrayView<{typeof(T).Name}>[{_length}]";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref T At(long index)
    {
        if (Validation.IsEnabled)
        {
            ViewChecks.RequireElement(_source, index, _length, typeof(T));
        }

        return ref _pointer[index];
    }
}
