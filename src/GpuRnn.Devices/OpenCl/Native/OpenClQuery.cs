using System.Text;

namespace GpuRnn.Devices.OpenCl.Native;

/// <summary>Questions to platforms and devices; what a driver does not answer is empty or zero.</summary>
internal static unsafe class OpenClQuery
{
    internal static IReadOnlyList<nint> Platforms()
    {
        uint count = 0;
        if (OpenClLibrary.clGetPlatformIDs(0, null, &count) != OpenClCode.Success || count == 0)
        {
            return [];
        }

        nint[] platforms = new nint[count];
        fixed (nint* first = platforms)
        {
            return OpenClLibrary.clGetPlatformIDs(count, first, null) == OpenClCode.Success ? platforms : [];
        }
    }

    internal static IReadOnlyList<nint> Devices(nint platform)
    {
        uint count = 0;
        if (OpenClLibrary.clGetDeviceIDs(platform, OpenClConstants.AllDeviceTypes, 0, null, &count) != OpenClCode.Success || count == 0)
        {
            return [];
        }

        nint[] devices = new nint[count];
        fixed (nint* first = devices)
        {
            return OpenClLibrary.clGetDeviceIDs(platform, OpenClConstants.AllDeviceTypes, count, first, null) == OpenClCode.Success ? devices : [];
        }
    }

    internal static string PlatformText(nint platform, uint what) =>
        Text((size, value, needed) => OpenClLibrary.clGetPlatformInfo(platform, what, size, (void*)value, (nuint*)needed));

    internal static string DeviceText(nint device, uint what) =>
        Text((size, value, needed) => OpenClLibrary.clGetDeviceInfo(device, what, size, (void*)value, (nuint*)needed));

    internal static string BuildLog(nint program, nint device) =>
        Text((size, value, needed) =>
            OpenClLibrary.clGetProgramBuildInfo(program, device, OpenClConstants.BuildLog, size, (void*)value, (nuint*)needed));

    /// <summary>A number of 32 or 64 bits; the driver fills as many bytes as the value has.</summary>
    internal static ulong DeviceNumber(nint device, uint what)
    {
        ulong value = 0;
        return OpenClLibrary.clGetDeviceInfo(device, what, sizeof(ulong), &value, null) == OpenClCode.Success ? value : 0;
    }

    internal static long[] DeviceGroupExtents(nint device)
    {
        nuint* extents = stackalloc nuint[16];
        nuint needed = 0;
        int code = OpenClLibrary.clGetDeviceInfo(device, OpenClConstants.DeviceGroupExtents, (nuint)(16 * sizeof(nuint)), extents, &needed);
        return code == OpenClCode.Success && needed >= (nuint)(3 * sizeof(nuint)) ? [(long)extents[0], (long)extents[1], (long)extents[2]] : [0, 0, 0];
    }

    private static string Text(Func<nuint, nint, nint, int> query)
    {
        nuint needed = 0;
        if (query(0, 0, (nint)(&needed)) != OpenClCode.Success || needed == 0)
        {
            return string.Empty;
        }

        byte[] bytes = new byte[needed];
        fixed (byte* first = bytes)
        {
            return query(needed, (nint)first, 0) == OpenClCode.Success ? Encoding.UTF8.GetString(bytes).TrimEnd('\0', ' ', '\n') : string.Empty;
        }
    }
}
