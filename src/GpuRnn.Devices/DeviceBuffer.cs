using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices;

/// <summary>Elements in device memory, owned by the caller of <see cref="Device.Allocate{T}"/>.</summary>
/// <typeparam name="T">The element; contains no references.</typeparam>
public sealed unsafe class DeviceBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly DeviceMemory _memory;

    internal DeviceBuffer(Device device, DeviceMemory memory, long length)
    {
        Device = device;
        _memory = memory;
        Length = length;
    }

    /// <summary>The device that holds the elements.</summary>
    public Device Device { get; }

    /// <summary>The number of elements.</summary>
    public long Length { get; }

    /// <summary>The bytes of all elements.</summary>
    public long SizeInBytes => Length * sizeof(T);

    /// <summary>All elements; keeps the memory from being finalised, but not from being disposed.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public ArrayView<T> View
    {
        get
        {
            RequireAlive("View");
            return new ArrayView<T>(_memory, (T*)_memory.Address, Length);
        }
    }

    /// <summary>Copies <paramref name="source"/> into the buffer, from element <paramref name="offset"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The elements do not fit.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public void CopyFrom(ReadOnlySpan<T> source, long offset = 0)
    {
        RequireRange("CopyFrom", source.Length, offset);
        for (int done = 0; done < source.Length;)
        {
            ReadOnlySpan<T> part = source.Slice(done, Math.Min(source.Length - done, MaxElementsPerCopy));
            _memory.Write((offset + done) * sizeof(T), MemoryMarshal.AsBytes(part));
            done += part.Length;
        }

        GC.KeepAlive(_memory);
    }

    /// <summary>Fills <paramref name="destination"/> from the buffer, from element <paramref name="offset"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The buffer has fewer elements.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public void CopyTo(Span<T> destination, long offset = 0)
    {
        RequireRange("CopyTo", destination.Length, offset);
        for (int done = 0; done < destination.Length;)
        {
            Span<T> part = destination.Slice(done, Math.Min(destination.Length - done, MaxElementsPerCopy));
            _memory.Read((offset + done) * sizeof(T), MemoryMarshal.AsBytes(part));
            done += part.Length;
        }

        GC.KeepAlive(_memory);
    }

    /// <summary>Sets all elements to zero bits.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public void Clear()
    {
        RequireAlive("Clear");
        _memory.Clear();
        GC.KeepAlive(_memory);
    }

    /// <summary>Gives the memory back; a second call does nothing.</summary>
    public void Dispose() => _memory.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"{Name}[{Length}] on {Device.Id}";

    // A span of bytes counts in 32 bits, one of elements may be larger.
    private static int MaxElementsPerCopy => int.MaxValue / sizeof(T);

    private static string Name => $"DeviceBuffer<{TypeName.Of(typeof(T))}>";

    private void RequireRange(string method, int count, long offset)
    {
        RequireAlive(method);
        if (offset < 0 || offset > Length - count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset),
                $"{Name}.{method}: {count} elements from {offset} on arrived, but the buffer has {Length} elements. "
                + "Pass a span and an offset whose sum is at most the buffer's length.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RequireAlive(string method)
    {
        if (!_memory.IsAlive)
        {
            ThrowDisposed(method);
        }
    }

    private void ThrowDisposed(string method) =>
        throw new ObjectDisposedException(
            Name, $"{Name}.{method}: the buffer of {Length} elements was disposed, but a live one was needed. Dispose it after its last use.");
}
