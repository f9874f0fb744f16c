using System.Text;
using System.Text.RegularExpressions;
using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Devices.Cuda;

/// <summary>Has the driver assemble generated PTX. It keeps its own cache of results between processes, so we keep none.</summary>
internal static unsafe partial class CudaBuild
{
    private const int LogBytes = 16 * 1024;

    /// <summary>Assembles a text.</summary>
    /// <param name="context">Where it shall run; current.</param>
    /// <param name="name">The kernel's name in messages.</param>
    /// <param name="text">The program.</param>
    /// <returns>The module's handle, owned by the caller.</returns>
    /// <exception cref="KernelBuildException">The driver's assembler refuses the text.</exception>
    internal static nint Load(CudaContext context, string name, string text)
    {
        CudaDriver driver = context.Driver;
        byte[] image = Encoding.UTF8.GetBytes(text + '\0');
        byte[] errors = new byte[LogBytes];
        nint module = 0;
        int code;
        fixed (byte* first = image)
        fixed (byte* log = errors)
        {
            int* options = stackalloc int[] { CudaConstants.JitErrorLog, CudaConstants.JitErrorLogBytes };
            void** values = stackalloc void*[] { log, (void*)LogBytes };
            code = driver.cuModuleLoadDataEx(&module, first, 2, options, values);
        }

        if (!CudaCode.IsBuildFailure(code))
        {
            context.Require(code, nameof(driver.cuModuleLoadDataEx), name);
            return module;
        }

        string written = Encoding.UTF8.GetString(errors.AsSpan(0, Math.Max(0, Array.IndexOf(errors, (byte)0)))).Trim();
        throw Refused(context.Information.Id, name, text, written.Length > 0 ? written : CudaFailure.NameOf(driver, code));
    }

    /// <summary>The exception for a refused text: the log's first complaint beside our line.</summary>
    internal static KernelBuildException Refused(string device, string kernel, string text, string log) =>
        RefusedText.Describe(device, kernel, text, log, Complaint());

    // "ptxas application ptx input, line 12; error   : Unknown symbol 'x'", and "ptxas fatal   : …" without a line.
    [GeneratedRegex(@"(?:line (?<line>\d+); )?(?:error|fatal)\s*:\s*(?<what>[^\n]*)")]
    private static partial Regex Complaint();
}
