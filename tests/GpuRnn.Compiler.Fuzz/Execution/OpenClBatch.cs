using GpuRnn.Compiler.Fuzz.Native;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>A built OpenCL program.</summary>
internal sealed class OpenClBatch : IDisposable
{
    internal OpenClBatch(nint program)
    {
        Program = program;
    }

    internal nint Program { get; }

    /// <summary>Gives the program back.</summary>
    public void Dispose() => _ = OpenClLibrary.clReleaseProgram(Program);
}
