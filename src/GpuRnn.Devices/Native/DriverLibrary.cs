using System.Reflection;
using System.Runtime.InteropServices;

namespace GpuRnn.Devices.Native;

/// <summary>Drivers' libraries, found when they are first asked for; none of them needs to be there.</summary>
internal static class DriverLibrary
{
    /// <summary>The loader of OpenCL drivers.</summary>
    internal const string OpenCl = "OpenCL";

    /// <summary>NVIDIA's driver.</summary>
    internal const string Cuda = "cuda";

    /// <summary>NVIDIA's matrix products; newer versions first.</summary>
    internal const string Cublas = "cublas";

    /// <summary>Linux's C library; elsewhere nobody asks for it.</summary>
    internal const string Linux = "c";

    private static readonly Dictionary<string, string[]> s_files = new()
    {
        [OpenCl] = OperatingSystem.IsWindows() ? ["OpenCL.dll"]
            : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
            : ["libOpenCL.so.1", "libOpenCL.so"],
        [Cuda] = OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1"],
        [Linux] = ["libc.so.6", "libc.so"],
        [Cublas] = OperatingSystem.IsWindows() ? ["cublas64_13.dll", "cublas64_12.dll"] : ["libcublas.so.13", "libcublas.so.12"],
    };

    private static readonly Dictionary<string, Lazy<(nint Handle, string File)>> s_opened =
        s_files.ToDictionary(library => library.Key, library => new Lazy<(nint Handle, string File)>(() => Open(library.Value)));

    static DriverLibrary()
    {
        NativeLibrary.SetDllImportResolver(typeof(DriverLibrary).Assembly, Resolve);
    }

    /// <summary>Why the library cannot be used; null when it can.</summary>
    internal static string? AbsenceOf(string library) => s_opened[library].Value.Handle == 0 ? AbsenceOf(s_files[library]) : null;

    internal static string? AbsenceOf(string[] files) =>
        Open(files).Handle == 0 ? $"{string.Join(" and ", files)} {(files.Length == 1 ? "was" : "were")} not found" : null;

    /// <summary>The library's handle; zero where it is absent.</summary>
    internal static nint HandleOf(string library) => s_opened[library].Value.Handle;

    /// <summary>The file by whose name it was found; empty where it is absent.</summary>
    internal static string FileOf(string library) => s_opened[library].Value.File;

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) =>
        s_opened.TryGetValue(library, out Lazy<(nint Handle, string File)>? opened) ? opened.Value.Handle : 0;

    private static (nint Handle, string File) Open(string[] files)
    {
        foreach (string file in files)
        {
            if (NativeLibrary.TryLoad(file, out nint handle))
            {
                return (handle, file);
            }
        }

        return (0, string.Empty);
    }
}
