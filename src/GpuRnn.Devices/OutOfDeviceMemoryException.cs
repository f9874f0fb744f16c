namespace GpuRnn.Devices;

/// <summary>A device has not the memory that was asked for; what was allocated before is untouched.</summary>
public sealed class OutOfDeviceMemoryException : DeviceException
{
    /// <summary>Reports an allocation that failed.</summary>
    /// <param name="message">The whole text.</param>
    /// <param name="requestedBytes">The bytes that were asked for; 0 where the driver needed memory of its own.</param>
    /// <param name="innerException">What the failure came from; null where the driver only gave a code.</param>
    public OutOfDeviceMemoryException(string message, long requestedBytes, Exception? innerException = null)
        : base(message, innerException!)
    {
        RequestedBytes = requestedBytes;
    }

    /// <summary>The bytes that were asked for; 0 where the driver needed memory of its own.</summary>
    public long RequestedBytes { get; }
}
