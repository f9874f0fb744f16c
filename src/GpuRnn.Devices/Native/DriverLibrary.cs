using System.Reflection;
using System.Runtime.InteropServices;

namespace GpuRnn.Devices.Native;

/// <summary>Drivers' libraries, found when they are first asked for; none of them needs to be there.</summary>
internal static class DriverLibrary
{
    /// <summary>The loader of OpenCL drivers.</summary>
    internal const string OpenCl = "OpenCL";

    private static readonly Dictionary<string, string[]> s_files = new()
    {
        [OpenCl] = OperatingSystem.IsWindows() ? ["OpenCL.dll"]
            : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
            : ["libOpenCL.so.1", "libOpenCL.so"],
    };

    private static readonly Dictionary<string, Lazy<nint>> s_handles =
        s_files.ToDictionary(library => library.Key, library => new Lazy<nint>(() => Open(library.Value)));

    static DriverLibrary()
    {
        NativeLibrary.SetDllImportResolver(typeof(DriverLibrary).Assembly, Resolve);
    }

    /// <summary>Why the library cannot be used; null when it can.</summary>
    internal static string? AbsenceOf(string library) => s_handles[library].Value == 0 ? AbsenceOf(s_files[library]) : null;

    internal static string? AbsenceOf(string[] files) =>
        Open(files) == 0 ? $"{string.Join(" and ", files)} {(files.Length == 1 ? "was" : "were")} not found" : null;

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) =>
        s_handles.TryGetValue(library, out Lazy<nint>? handle) ? handle.Value : 0;

    private static nint Open(string[] files)
    {
        foreach (string file in files)
        {
            if (NativeLibrary.TryLoad(file, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
