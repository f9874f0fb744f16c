using GpuRnn.Devices;
using GpuRnn.Weights;

namespace GpuRnn.Cli;

/// <summary>Turns the library's refusals of what the user named (a device, a file) into the user's mistakes.</summary>
internal static class InputGuard
{
    /// <summary>Runs an action whose failure is due to what the user named.</summary>
    /// <exception cref="InputException">The library refused, with its own message.</exception>
    public static T Run<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is DeviceException or WeightsFileException or ShapeException or FormatException)
        {
            throw new InputException(exception.Message, exception);
        }
    }
}
