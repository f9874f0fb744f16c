namespace GpuRnn.Devices;

/// <summary>A device cannot do what was asked: it is absent, out of memory, or was called wrongly.</summary>
public class DeviceException : Exception
{
    /// <summary>Reports a failure in the form "where: what arrived, what was needed. What to do."</summary>
    public DeviceException(string message)
        : base(message)
    {
    }

    /// <summary>Reports a failure that another one caused.</summary>
    public DeviceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
