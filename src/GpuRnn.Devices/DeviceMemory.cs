using GpuRnn.KernelModel;

namespace GpuRnn.Devices;

/// <summary>A piece of device memory; given back when disposed, or when the collector finds it forgotten.</summary>
/// <remarks>The device's accounts and the collector's memory pressure follow it exactly.</remarks>
public abstract class DeviceMemory : IViewSource, IDisposable
{
    private readonly Device _device;
    private int _isFreed;

    /// <summary>Enters the memory into the accounts of <paramref name="device"/>.</summary>
    protected DeviceMemory(Device device, long sizeInBytes)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        SizeInBytes = sizeInBytes;
        device.Account(sizeInBytes, 1);
        if (sizeInBytes > 0)
        {
            GC.AddMemoryPressure(sizeInBytes);
        }
    }

    /// <summary>Gives forgotten memory back.</summary>
    ~DeviceMemory()
    {
        Release();
    }

    /// <summary>Bytes that were asked for.</summary>
    public long SizeInBytes { get; }

    /// <summary>The address of the first byte.</summary>
    public abstract nint Address { get; }

    /// <inheritdoc/>
    public bool IsAlive => Volatile.Read(ref _isFreed) == 0;

    /// <inheritdoc/>
    public string Description => $"a buffer of {SizeInBytes} bytes on {_device.Id}";

    /// <summary>Gives the memory back; a second call does nothing.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Copies from the host; the range was checked.</summary>
    protected internal abstract void Write(long offsetInBytes, ReadOnlySpan<byte> source);

    /// <summary>Copies to the host; the range was checked.</summary>
    protected internal abstract void Read(long offsetInBytes, Span<byte> destination);

    /// <summary>Queues a copy from pinned host memory, or makes it when the queue is done; the ranges were checked.</summary>
    protected internal virtual unsafe void Write(DeviceStream stream, long offsetInBytes, PinnedMemory source, int sizeInBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(source);
        stream.Synchronize();
        Write(offsetInBytes, new ReadOnlySpan<byte>((void*)source.Address, sizeInBytes));
    }

    /// <summary>Queues a copy to pinned host memory, or makes it when the queue is done; the ranges were checked.</summary>
    protected internal virtual unsafe void Read(DeviceStream stream, long offsetInBytes, PinnedMemory destination, int sizeInBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(destination);
        stream.Synchronize();
        Read(offsetInBytes, new Span<byte>((void*)destination.Address, sizeInBytes));
    }

    /// <summary>Sets all bytes to zero.</summary>
    protected internal abstract void Clear();

    /// <summary>Gives the memory back; called once, perhaps on the finalizer thread.</summary>
    protected abstract void Free();

    private void Release()
    {
        if (Interlocked.Exchange(ref _isFreed, 1) != 0)
        {
            return;
        }

        Free();
        // The device is null when the constructor failed before it was stored.
        _device?.Account(-SizeInBytes, -1);
        if (SizeInBytes > 0)
        {
            GC.RemoveMemoryPressure(SizeInBytes);
        }
    }
}
