namespace GpuRnn.Devices;

/// <summary>A mark in a queue, reached when everything before it is done.</summary>
public abstract class DeviceEvent : IDisposable
{
    /// <summary>Marks <paramref name="stream"/>; queues call this.</summary>
    protected DeviceEvent(DeviceStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Stream = stream;
    }

    /// <summary>The queue that was marked.</summary>
    public DeviceStream Stream { get; }

    /// <summary>True when the mark was reached; does not wait.</summary>
    public abstract bool IsDone { get; }

    /// <summary>Waits until the mark is reached.</summary>
    /// <exception cref="DeviceException">Something before the mark failed.</exception>
    public abstract void Wait();

    /// <summary>The time on the device's own clock between two marks of one device; waits for both.</summary>
    /// <exception cref="ArgumentException">The other mark belongs to another device.</exception>
    public TimeSpan Since(DeviceEvent earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        if (!ReferenceEquals(earlier.Stream.Device, Stream.Device))
        {
            throw new ArgumentException(
                $"DeviceEvent.Since: a mark on {earlier.Stream.Device.Id} arrived, but one on {Stream.Device.Id} was needed. "
                + "Compare marks of one device: devices' clocks differ.",
                nameof(earlier));
        }

        earlier.Wait();
        Wait();
        return MeasureSince(earlier);
    }

    /// <summary>Gives the mark back; a second call does nothing.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The time since another mark of the same device; both were reached.</summary>
    protected abstract TimeSpan MeasureSince(DeviceEvent earlier);

    /// <summary>Gives the mark's own resources back.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
