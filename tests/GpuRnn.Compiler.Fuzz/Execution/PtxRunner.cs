using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Fuzz.Syntax;
using GpuRnn.Testing.PtxMachine;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>Runs a kernel's PTX on the machine that follows the PTX manual.</summary>
internal static class PtxRunner
{
    /// <summary>Runs a kernel; false when it uses a function that PTX has no exact form of.</summary>
    internal static bool Run(FuzzKernel kernel, MethodInfo method, FuzzMemory memory)
    {
        string text;
        try
        {
            text = KernelCompiler.ToPtx(method, "sm_80");
        }
        catch (KernelNotSupportedException exception) when (exception.Id == "GK0020")
        {
            return false;
        }

        List<object> arguments = [];
        for (int i = 0; i < memory.Inputs.Length; i++)
        {
            AddView(arguments, memory.Inputs[i]);
            AddView(arguments, memory.Outputs[i]);
        }

        AddView(arguments, memory.Outputs[0]);
        AddView(arguments, memory.Approximate);
        arguments.AddRange(memory.Scalars.Select(scalar => scalar is uint number ? (int)number : scalar));
        if (!kernel.IsGrouped)
        {
            arguments.Add(FuzzLayout.Items);
        }

        PtxLaunch.Run(new PtxModule(text).Entries.Values.Single(), [.. arguments], (FuzzLayout.Items / FuzzLayout.GroupSize, 1, 1), (FuzzLayout.GroupSize, 1, 1));
        return true;
    }

    private static void AddView(List<object> arguments, Array values) =>
        arguments.AddRange([values, (long)values.Length, (long)values.Length]);
}
