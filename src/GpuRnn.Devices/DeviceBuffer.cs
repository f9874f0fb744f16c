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

    /// <summary>Queues a copy of the whole of <paramref name="source"/> into the buffer, from element <paramref name="offset"/> on.</summary>
    /// <remarks>Returns at once; <paramref name="source"/> must not be touched before the queue has come this far.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The elements do not fit.</exception>
    /// <exception cref="DeviceException">Queue or source belong to another device.</exception>
    public void CopyFrom(DeviceStream stream, PinnedBuffer<T> source, long offset = 0)
    {
        RequireQueue("CopyFrom", stream, source);
        RequireRange("CopyFrom", source.Length, offset);
        _memory.Write(stream, offset * sizeof(T), source.Memory, source.Length * sizeof(T));
    }

    /// <summary>Queues a copy that fills <paramref name="destination"/> from the buffer, from element <paramref name="offset"/> on.</summary>
    /// <remarks>Returns at once; <paramref name="destination"/> holds the elements when the queue has come this far.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The buffer has fewer elements.</exception>
    /// <exception cref="DeviceException">Queue or destination belong to another device.</exception>
    public void CopyTo(DeviceStream stream, PinnedBuffer<T> destination, long offset = 0)
    {
        RequireQueue("CopyTo", stream, destination);
        RequireRange("CopyTo", destination.Length, offset);
        _memory.Read(stream, offset * sizeof(T), destination.Memory, destination.Length * sizeof(T));
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

    private void RequireQueue(string method, DeviceStream stream, PinnedBuffer<T> pinned)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(pinned);
        if (!ReferenceEquals(stream.Device, Device) || !ReferenceEquals(pinned.Device, Device))
        {
            throw new DeviceException(
                $"{Name}.{method}: a queue of {stream.Device.Id} and pinned memory of {pinned.Device.Id} arrived, but both must be of {Device.Id}. "
                + "Make them on the buffer's own device object.");
        }

        if (!pinned.Memory.IsAlive)
        {
            throw new ObjectDisposedException(
                pinned.ToString(), $"{Name}.{method}: {pinned} was disposed, but a live one was needed. Dispose it after its last copy.");
        }
    }

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
