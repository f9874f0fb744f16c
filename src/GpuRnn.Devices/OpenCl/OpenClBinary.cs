using GpuRnn.Compiler.Caching;
using GpuRnn.Devices.OpenCl.Native;

namespace GpuRnn.Devices.OpenCl;

/// <summary>What a driver made of a text, kept on disk so that it need not compile the text again.</summary>
/// <remarks>
/// The key holds the text and all that the driver tells about itself. A driver may still refuse what it once made; then the text is
/// built, and its result takes the place of what was refused. The first building of a text leaves a mark alone and the second, in a later
/// process, the binary: a driver may make it only when it is asked for (PoCL 3.1: 230 ms a kernel, which saves 45 ms in each later
/// process, see bench/results/2026-11-21-zen5-2core-compile), and most texts of someone who works on a kernel are built once.
/// </remarks>
internal static unsafe class OpenClBinary
{
    /// <summary>A built program, owned by the caller; zero when nothing is kept or the driver refuses it.</summary>
    /// <param name="device">Where it shall run.</param>
    /// <param name="text">The program.</param>
    /// <param name="wasBuilt">True when an earlier process built the text.</param>
    internal static nint TryLoad(OpenClDevice device, string text, out bool wasBuilt)
    {
        byte[]? binary = device.Cache.Find(Key(device, text));
        wasBuilt = binary is not null;
        if (binary is not { Length: > 0 })
        {
            return 0;
        }

        int code;
        int state;
        nint handle = device.Information.Handle;
        nint program;
        nuint length = (nuint)binary.Length;
        fixed (byte* first = binary)
        {
            byte* start = first;
            program = OpenClLibrary.clCreateProgramWithBinary(device.Context, 1, &handle, &length, &start, &state, &code);
        }

        if (code != OpenClCode.Success)
        {
            return 0;
        }

        if (state == OpenClCode.Success && OpenClBuild.Build(device, program) == OpenClCode.Success)
        {
            return program;
        }

        _ = OpenClLibrary.clReleaseProgram(program);
        return 0;
    }

    /// <summary>Keeps what the driver made of a text, where it gives that out and the text was built before.</summary>
    internal static void Keep(OpenClDevice device, string text, nint program, bool wasBuilt)
    {
        if (!wasBuilt || device.Cache.Folder is null)
        {
            device.Cache.Keep(Key(device, text), []);
            return;
        }

        // The program was made for one device, so both questions have one answer.
        nuint length = 0;
        if (OpenClLibrary.clGetProgramInfo(program, OpenClConstants.ProgramBinarySizes, (nuint)sizeof(nuint), &length, null) != OpenClCode.Success
            || length == 0)
        {
            return;
        }

        byte[] binary = new byte[length];
        fixed (byte* first = binary)
        {
            byte* start = first;
            if (OpenClLibrary.clGetProgramInfo(program, OpenClConstants.ProgramBinaries, (nuint)sizeof(byte*), &start, null) == OpenClCode.Success)
            {
                device.Cache.Keep(Key(device, text), binary);
            }
        }
    }

    internal static string Key(OpenClDevice device, string text)
    {
        OpenClDeviceInformation about = device.Information;
        return $"opencl binary\nplatform {about.PlatformName}\nplatform version {about.PlatformVersion}\nvendor {about.Vendor}\ndevice {about.Name}\n"
            + $"device version {about.Version}\ndriver {about.DriverVersion}\noptions {device.BuildOptions}\ntext\n{text}";
    }
}
