namespace GpuRnn.Devices;

/// <summary>Host memory that a device copies from and to by itself; given back when disposed, or when the collector finds it forgotten.</summary>
public abstract class PinnedMemory : IDisposable
{
    private readonly Device _device;
    private int _isFreed;

    /// <summary>Enters the memory into the accounts of <paramref name="device"/>.</summary>
    protected PinnedMemory(Device device, long sizeInBytes)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        SizeInBytes = sizeInBytes;
        device.AccountPinned(sizeInBytes);
    }

    /// <summary>Gives forgotten memory back.</summary>
    ~PinnedMemory()
    {
        Release();
    }

    /// <summary>Bytes that were asked for.</summary>
    public long SizeInBytes { get; }

    /// <summary>The address of the first byte in the host's memory.</summary>
    public abstract nint Address { get; }

    internal bool IsAlive => Volatile.Read(ref _isFreed) == 0;

    /// <summary>Gives the memory back; a second call does nothing.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

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
        _device?.AccountPinned(-SizeInBytes);
    }
}
