using GpuRnn.Devices;
using GpuRnn.Training;
using GpuRnn.Weights;

namespace GpuRnn.Cli;

/// <summary>Turns the library's refusals of what the user named (a device, a file, a size) into the user's mistakes.</summary>
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
        catch (Exception exception)
            when (IsRefusal(exception) || exception is WeightsFileException or ShapeException or FormatException or TrainingException)
        {
            throw new InputException(WithoutParameter(exception.Message), exception);
        }
    }

    /// <summary>Runs an action that builds something of the size the user asked for.</summary>
    /// <param name="where">The command, for the message.</param>
    /// <param name="sizes">The sizes, for the message.</param>
    /// <param name="action">Fails when the sizes are beyond what arrays or memory can hold.</param>
    /// <exception cref="InputException">The library refused, or the sizes are too large.</exception>
    public static T Build<T>(string where, string sizes, Func<T> action)
    {
        try
        {
            return Run(action);
        }
        catch (Exception exception) when (exception is OverflowException or OutOfMemoryException)
        {
            throw new InputException(where, $"{sizes} arrived, but this needs larger arrays than the machine can hold", "Pass smaller sizes");
        }
    }

    // A driver that fails is not the user's mistake.
    private static bool IsRefusal(Exception exception) => exception is DeviceException and not (DeviceCallException or KernelBuildException);

    /// <summary>The message without the name of a parameter, which <see cref="ArgumentException"/> adds and which says nothing to a user of the tool.</summary>
    public static string WithoutParameter(string message)
    {
        int suffix = message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return suffix < 0 ? message : message[..suffix];
    }
}
