using System.Diagnostics;

namespace GpuRnn.Devices;

/// <summary>A queue of launches and copies that a device works off in order.</summary>
public class DeviceStream : IDisposable
{
    /// <summary>Opens a queue on <paramref name="device"/>; devices call this.</summary>
    public DeviceStream(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
    }

    /// <summary>The device that works the queue off.</summary>
    public Device Device { get; }

    /// <summary>Waits until everything in the queue is done; nothing to wait for on the CPU, whose launches return when done.</summary>
    /// <exception cref="DeviceException">Something in the queue failed.</exception>
    public virtual void Synchronize()
    {
    }

    /// <summary>Marks the present end of the queue, owned by the caller; two marks give the time of what lies between them.</summary>
    public virtual DeviceEvent Record()
    {
        Synchronize();
        return new HostEvent(this, Stopwatch.GetTimestamp());
    }

    /// <summary>Lets what is queued from now on begin only when <paramref name="earlier"/>, a mark in any queue, was reached.</summary>
    public virtual void WaitFor(DeviceEvent earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        earlier.Wait();
    }

    /// <summary>Closes the queue when its work is done; a device closes its default queue itself.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the queue's own resources back.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>A mark in a queue whose work is done when it is queued.</summary>
    private sealed class HostEvent(DeviceStream stream, long timestamp) : DeviceEvent(stream)
    {
        public override bool IsDone => true;

        public override void Wait()
        {
        }

        protected override TimeSpan ReadClock() => Stopwatch.GetElapsedTime(0, timestamp);
    }
}
