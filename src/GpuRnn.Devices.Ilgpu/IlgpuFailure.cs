using System.Reflection;

namespace GpuRnn.Devices.Ilgpu;

/// <summary>Turns what ILGPU throws into the errors that users of a device know.</summary>
internal static class IlgpuFailure
{
    /// <summary>"where: what failed with what. What to do."; ILGPU's exception is the inner one.</summary>
    internal static DeviceException Of(string where, string what, Exception exception, string remedy)
    {
        // Launches go through reflection, which wraps the failure.
        Exception cause = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
        return new DeviceException($"{where}: {what} failed in ILGPU with {cause.GetType().Name}: {cause.Message} {remedy}", cause);
    }
}
