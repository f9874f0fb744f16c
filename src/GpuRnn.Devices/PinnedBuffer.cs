using GpuRnn.Compiler.Diagnostics;

namespace GpuRnn.Devices;

/// <summary>Elements in host memory from and to which a device copies without stopping the caller, owned by the caller.</summary>
/// <typeparam name="T">The element; contains no references.</typeparam>
public sealed unsafe class PinnedBuffer<T> : IDisposable
    where T : unmanaged
{
    internal PinnedBuffer(Device device, PinnedMemory memory, int length)
    {
        Device = device;
        Memory = memory;
        Length = length;
    }

    /// <summary>The device that copies from and to it.</summary>
    public Device Device { get; }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements; not to be touched while a copy that was queued is under way.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public Span<T> Span => Memory.IsAlive
        ? new Span<T>((void*)Memory.Address, Length)
        : throw new ObjectDisposedException(
            ToString(), $"{this}.Span: the buffer was disposed, but a live one was needed. Dispose it after its last copy.");

    internal PinnedMemory Memory { get; }

    /// <summary>Gives the memory back; copies from and to it must be done. A second call does nothing.</summary>
    public void Dispose() => Memory.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"PinnedBuffer<{TypeName.Of(typeof(T))}>[{Length}] of {Device.Id}";
}
