using System.Runtime.InteropServices;
using GpuRnn.Devices.Native;

namespace GpuRnn.Devices.Cpu.Native;

/// <summary>What Linux alone knows of processors; names and order of parameters are those of its manual.</summary>
internal static unsafe partial class LinuxLibrary
{
    /// <summary>Whether the calls below may be made.</summary>
    internal static bool IsPresent => OperatingSystem.IsLinux() && DriverLibrary.AbsenceOf(DriverLibrary.Linux) is null;

    /// <summary>The processor that the calling thread is on.</summary>
    [LibraryImport(DriverLibrary.Linux)]
    [SuppressGCTransition]
    internal static partial int sched_getcpu();

    /// <summary>The processors that a thread, the calling one for 0, may use, a bit each; 0 where it succeeds.</summary>
    [LibraryImport(DriverLibrary.Linux)]
    internal static partial int sched_getaffinity(int thread, nuint bytes, ulong* processors);

    /// <summary>Chooses them; a thread on another one moves at once.</summary>
    [LibraryImport(DriverLibrary.Linux)]
    internal static partial int sched_setaffinity(int thread, nuint bytes, ulong* processors);
}
