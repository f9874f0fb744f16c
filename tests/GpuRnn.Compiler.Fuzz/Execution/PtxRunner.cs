using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Fuzz.Syntax;
using GpuRnn.Testing;
using GpuRnn.Testing.PtxMachine;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>Runs a kernel's PTX on the machine that follows the PTX manual.</summary>
internal static class PtxRunner
{
    internal const string Architecture = "sm_80";

    /// <summary>Runs a kernel; false when it uses a function that PTX has no exact form of.</summary>
    internal static bool Run(FuzzKernel kernel, MethodInfo method, FuzzMemory memory)
    {
        string text;
        try
        {
            text = KernelCompiler.ToPtx(method, Architecture);
        }
        catch (KernelNotSupportedException exception) when (exception.Id == "GK0020")
        {
            return false;
        }

        List<object> arguments = [.. KernelLeaves.ForPtx(method, memory.Arrays())];
        if (!kernel.IsGrouped)
        {
            arguments.Add(FuzzLayout.Items);
        }

        PtxLaunch.Run(new PtxModule(text).Entries.Values.Single(), [.. arguments], (FuzzLayout.Items / FuzzLayout.GroupSize, 1, 1), (FuzzLayout.GroupSize, 1, 1));
        return true;
    }
}
