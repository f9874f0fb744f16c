namespace GpuRnn.Devices;

/// <summary>A driver refused a call for a reason that has no exception type of its own.</summary>
public class DeviceCallException : DeviceException
{
    /// <summary>Reports a refused call.</summary>
    /// <param name="message">The whole text.</param>
    /// <param name="call">The driver's entry point.</param>
    /// <param name="code">What it returned.</param>
    /// <param name="deviceId">The device's id.</param>
    /// <param name="kernel">The kernel that was being loaded or launched; null where there was none.</param>
    public DeviceCallException(string message, string call, int code, string deviceId, string? kernel)
        : base(message)
    {
        Call = call;
        Code = code;
        DeviceId = deviceId;
        Kernel = kernel;
    }

    /// <summary>The driver's entry point.</summary>
    public string Call { get; }

    /// <summary>What the entry point returned, in the driver's own numbers.</summary>
    public int Code { get; }

    /// <summary>The device's id, for example <c>opencl:0</c>.</summary>
    public string DeviceId { get; }

    /// <summary>The kernel that was being loaded or launched; null where there was none.</summary>
    public string? Kernel { get; }
}
