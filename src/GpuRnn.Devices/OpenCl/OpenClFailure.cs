using System.Diagnostics.CodeAnalysis;
using GpuRnn.Devices.OpenCl.Native;

namespace GpuRnn.Devices.OpenCl;

/// <summary>Turns the codes that OpenCL calls return into exceptions.</summary>
internal static class OpenClFailure
{
    /// <summary>The calls that report what went wrong in kernels before them.</summary>
    private static readonly HashSet<string> s_waits = ["clFinish", "clWaitForEvents", "clEnqueueReadBuffer", "clGetEventInfo"];

    /// <summary>Throws what <paramref name="code"/>, which is no success, means.</summary>
    /// <param name="device">The device's id.</param>
    /// <param name="call">The entry point.</param>
    /// <param name="code">What it returned.</param>
    /// <param name="kernel">The kernel that was being loaded or launched; null where there was none.</param>
    /// <exception cref="DeviceException">Always.</exception>
    [DoesNotReturn]
    internal static void Throw(string device, string call, int code, string? kernel) => throw Of(device, call, code, kernel);

    internal static DeviceException Of(string device, string call, int code, string? kernel)
    {
        string where = kernel is null ? $"{device}.{call}" : $"{device}.{call} for {kernel}";
        string what = $"{where}: {OpenClCode.NameOf(code)} arrived, but CL_SUCCESS was needed.";
        bool isWait = s_waits.Contains(call);
        return code switch
        {
            OpenClCode.DeviceNotAvailable or OpenClCode.InvalidCommandQueue or OpenClCode.IllegalAccess or OpenClCode.FailedInWaitList =>
                Lost(what, call, code, device, kernel),
            OpenClCode.OutOfResources when isWait => Lost(what, call, code, device, kernel),
            OpenClCode.AllocationFailure or OpenClCode.OutOfResources or OpenClCode.OutOfHostMemory or OpenClCode.InvalidBufferSize =>
                new OutOfDeviceMemoryException($"{what} Use a smaller batch or model, or dispose buffers.", 0),
            _ => new DeviceCallException(
                $"{what} Update the driver; report this with the names of driver and device if it stays.", call, code, device, kernel),
        };
    }

    private static DeviceLostException Lost(string what, string call, int code, string device, string? kernel) => new(
        $"{what} The device was reset or removed, or a kernel touched memory that is not its own; its buffers are gone. "
        + "Open the device again and resume from a checkpoint.",
        call,
        code,
        device,
        kernel);
}
