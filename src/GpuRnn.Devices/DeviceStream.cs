namespace GpuRnn.Devices;

/// <summary>A queue of launches and copies that a device works off in order.</summary>
public class DeviceStream
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
    public virtual void Synchronize()
    {
    }
}
