using System.Runtime.InteropServices;

namespace GpuRnn.Devices.Native;

/// <summary>The exported symbols of a library that was found at run time.</summary>
internal sealed class DriverExports
{
    private readonly nint _handle;

    private DriverExports(nint handle, string file)
    {
        _handle = handle;
        File = file;
    }

    /// <summary>The name by which it was found.</summary>
    internal string File { get; }

    /// <summary>The first symbol that was asked for and is not there; null while all were.</summary>
    internal string? Missing { get; private set; }

    /// <summary>Opens a library, which stays open; null where it is not there, and <paramref name="absence"/> says so.</summary>
    internal static DriverExports? Open(string library, out string? absence)
    {
        absence = DriverLibrary.AbsenceOf(library);
        return absence is null ? new DriverExports(DriverLibrary.HandleOf(library), DriverLibrary.FileOf(library)) : null;
    }

    /// <summary>A symbol's address; zero, which nobody may call, where it is missing.</summary>
    internal nint Address(string symbol)
    {
        if (NativeLibrary.TryGetExport(_handle, symbol, out nint address))
        {
            return address;
        }

        Missing ??= symbol;
        return 0;
    }
}
