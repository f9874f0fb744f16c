namespace GpuRnn.Devices;

/// <summary>Work that <see cref="DeviceStream.Capture"/> gathered, queued again with one call; owned by the caller.</summary>
/// <remarks>Arguments are those of the capture: views stay where they were, numbers keep their values.</remarks>
public abstract class DeviceGraph : IDisposable
{
    /// <summary>Binds the graph to its device; queues call this.</summary>
    protected DeviceGraph(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
    }

    /// <summary>The device that runs it.</summary>
    public Device Device { get; }

    /// <summary>How many launches, copies and fillings it holds.</summary>
    public abstract int NodeCount { get; }

    /// <summary>Queues all of it; returns before it ran.</summary>
    /// <exception cref="ObjectDisposedException">The graph, or memory that it reads or writes, was disposed.</exception>
    /// <exception cref="DeviceException">The queue belongs to another device.</exception>
    public abstract void Launch(DeviceStream stream);

    /// <summary>Gives the graph back when its work is done; a second call does nothing.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the graph's own resources back.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
