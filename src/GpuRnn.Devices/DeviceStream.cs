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

    /// <summary>Whether launches can be gathered into a graph and repeated with one call, and why or why not.</summary>
    public virtual SupportAnswer SupportsCapture =>
        SupportAnswer.No($"{Device.Kind} has no graphs: each launch is a call of its own");

    /// <summary>Gathers what <paramref name="work"/> queues here, instead of running it.</summary>
    /// <param name="work">
    /// Launches and copies from and to pinned memory on this queue alone. Run it once before, so that its kernels are loaded and its memory is
    /// allocated: neither memory nor a wait can be gathered.
    /// </param>
    /// <returns>The graph, owned by the caller.</returns>
    /// <exception cref="DeviceException"><see cref="SupportsCapture"/> says no, or the work did what cannot be gathered.</exception>
    public DeviceGraph Capture(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return SupportsCapture.IsSupported
            ? CaptureWork(work)
            : throw new DeviceException($"DeviceStream.Capture: a queue of {Device.Id} arrived, but {SupportsCapture.Reason}. Queue the work itself.");
    }

    /// <summary>Closes the queue when its work is done; a device closes its default queue itself.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gathers work; called where <see cref="SupportsCapture"/> says yes.</summary>
    protected virtual DeviceGraph CaptureWork(Action work) => throw new NotSupportedException();

    /// <summary>Gives the queue's own resources back.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>A mark in a queue whose work is done when it is queued.</summary>
    private sealed class HostEvent(DeviceStream stream, long timestamp) : DeviceEvent(stream)
    {
        public override bool IsDone => true;

        private long Timestamp { get; } = timestamp;

        public override void Wait()
        {
        }

        protected override TimeSpan MeasureSince(DeviceEvent earlier) => Stopwatch.GetElapsedTime(((HostEvent)earlier).Timestamp, Timestamp);
    }
}
