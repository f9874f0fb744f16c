using System.Text;
using System.Text.RegularExpressions;
using GpuRnn.Devices.OpenCl.Native;

namespace GpuRnn.Devices.OpenCl;

/// <summary>Has the driver compile generated text.</summary>
internal static unsafe partial class OpenClBuild
{
    /// <summary>Builds a text and takes one kernel from it.</summary>
    /// <param name="device">Where the kernel shall run.</param>
    /// <param name="name">The kernel's name in messages.</param>
    /// <param name="text">The program.</param>
    /// <param name="entryPoint">The kernel's name in the program.</param>
    /// <returns>The kernel's handle, owned by the caller; it keeps its program.</returns>
    /// <exception cref="KernelBuildException">The driver's compiler refuses the text.</exception>
    internal static nint BuildKernel(OpenClDevice device, string name, string text, string entryPoint)
    {
        nint program = OpenClBinary.TryLoad(device, text, out bool wasBuilt);
        if (program == 0)
        {
            program = BuildText(device, name, text);
            OpenClBinary.Keep(device, text, program, wasBuilt);
        }

        try
        {
            return KernelOf(device, name, program, entryPoint);
        }
        finally
        {
            _ = OpenClLibrary.clReleaseProgram(program);
        }
    }

    /// <summary>Builds what a program holds, text or binary, with the device's options.</summary>
    /// <returns>OpenCL's result.</returns>
    internal static int Build(OpenClDevice device, nint program)
    {
        nint handle = device.Information.Handle;
        fixed (byte* options = Encoding.UTF8.GetBytes(device.BuildOptions + '\0'))
        {
            return OpenClLibrary.clBuildProgram(program, 1, &handle, options, 0, 0);
        }
    }

    /// <summary>Takes one kernel from a built program.</summary>
    /// <returns>The kernel's handle, owned by the caller; it keeps its program.</returns>
    internal static nint KernelOf(OpenClDevice device, string name, nint program, string entryPoint)
    {
        int code;
        nint kernel;
        fixed (byte* entry = Encoding.UTF8.GetBytes(entryPoint + '\0'))
        {
            kernel = OpenClLibrary.clCreateKernel(program, entry, &code);
        }

        device.Require(code, nameof(OpenClLibrary.clCreateKernel), name);
        return kernel;
    }

    /// <summary>Builds a text, whatever the cache holds.</summary>
    /// <returns>The program's handle, owned by the caller.</returns>
    /// <exception cref="KernelBuildException">The driver's compiler refuses the text.</exception>
    internal static nint BuildText(OpenClDevice device, string name, string text)
    {
        int code;
        nint program;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        nuint length = (nuint)bytes.Length;
        fixed (byte* first = bytes)
        {
            byte* start = first;
            program = OpenClLibrary.clCreateProgramWithSource(device.Context, 1, &start, &length, &code);
        }

        device.Require(code, nameof(OpenClLibrary.clCreateProgramWithSource), name);
        try
        {
            code = Build(device, program);
            if (code == OpenClCode.BuildFailure)
            {
                throw Refused(device.Id, name, text, OpenClQuery.BuildLog(program, device.Information.Handle));
            }

            device.Require(code, nameof(OpenClLibrary.clBuildProgram), name);
            return program;
        }
        catch
        {
            _ = OpenClLibrary.clReleaseProgram(program);
            throw;
        }
    }

    /// <summary>The exception for a refused text: the log's first complaint beside our line.</summary>
    internal static KernelBuildException Refused(string device, string kernel, string text, string log) =>
        RefusedText.Describe(device, kernel, text, log, Complaint());

    // clang, and with it most drivers: "file:12:5: error: use of …"; PoCL: "error: file:12:5: use of …"; others: "(12) : error …".
    [GeneratedRegex(
        @"error: [^\n]*?:(?<line>\d+):\d+: (?<what>[^\n]*)|(?:^|[:(\s])(?<line>\d+)(?::\d+\s*:|\)\s*:)\s*(?:fatal )?error\s*:?\s*(?<what>[^\n]*)",
        RegexOptions.Multiline)]
    private static partial Regex Complaint();
}
