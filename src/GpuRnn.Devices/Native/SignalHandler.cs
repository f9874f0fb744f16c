using System.Runtime.InteropServices;

namespace GpuRnn.Devices.Native;

/// <summary>Keeps the run time's handler of arithmetic traps over calls to a driver that may put its own there.</summary>
/// <remarks>
/// PoCL's goes on behind the trapping instruction, so that an integer division by zero anywhere in the process, ours or the user's, would give
/// some number instead of a <see cref="DivideByZeroException"/>.
/// </remarks>
internal static unsafe partial class SignalHandler
{
    private const int ArithmeticTrap = 8;

    // The structure differs between systems and is passed on unread; the largest has 152 bytes.
    private const int ActionBytes = 512;

    /// <summary>Runs an action; afterwards the handler is what it was before.</summary>
    internal static T Keep<T>(Func<T> action)
    {
        if (!OperatingSystem.IsLinux())
        {
            return action();
        }

        byte* before = stackalloc byte[ActionBytes];
        bool isKnown = sigaction(ArithmeticTrap, null, before) == 0;
        try
        {
            return action();
        }
        finally
        {
            if (isKnown)
            {
                _ = sigaction(ArithmeticTrap, before, null);
            }
        }
    }

    [LibraryImport("libc")]
    private static partial int sigaction(int signal, void* action, void* before);
}
