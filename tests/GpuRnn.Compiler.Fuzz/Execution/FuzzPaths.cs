namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>The ways to run a kernel beside plain C#.</summary>
[Flags]
internal enum FuzzPaths
{
    /// <summary>None: only the generator is tried.</summary>
    None = 0,

    /// <summary>Compiled for the processor.</summary>
    Cpu = 1,

    /// <summary>As PTX, on the machine that follows the PTX manual.</summary>
    Ptx = 2,

    /// <summary>As OpenCL C, on the first OpenCL device.</summary>
    OpenCl = 4,

    /// <summary>All of them.</summary>
    All = Cpu | Ptx | OpenCl,
}
