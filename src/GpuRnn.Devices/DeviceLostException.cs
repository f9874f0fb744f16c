namespace GpuRnn.Devices;

/// <summary>A device stopped answering: it was removed or reset, or a kernel destroyed its queue. Its buffers are gone.</summary>
public sealed class DeviceLostException : DeviceCallException
{
    /// <summary>Reports the call that found the device gone.</summary>
    /// <param name="message">The whole text.</param>
    /// <param name="call">The driver's entry point.</param>
    /// <param name="code">What it returned.</param>
    /// <param name="deviceId">The device's id.</param>
    /// <param name="kernel">The kernel that was being launched; null where there was none.</param>
    public DeviceLostException(string message, string call, int code, string deviceId, string? kernel)
        : base(message, call, code, deviceId, kernel)
    {
    }
}
