using System.Text;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.OpenCl;

/// <summary>Makes a program of functions: replaces what OpenCL C 1.2 lacks, writes the rest, and notes what it needs from a device.</summary>
internal static class OpenClLowering
{
    private const string Doubles = "cl_khr_fp64";
    private const string WideAtomics = "cl_khr_int64_base_atomics";
    private const string WideOrderAndBits = "cl_khr_int64_extended_atomics";

    /// <param name="functions">Behind all passes; changed in place.</param>
    internal static OpenClProgram Write(IReadOnlyList<(KernelEntry Entry, IrFunction Function)> functions)
    {
        List<OpenClKernel> kernels = [];
        HashSet<string> names = [];
        StringBuilder text = new();
        foreach ((KernelEntry entry, IrFunction function) in functions)
        {
            RequireIndependentGroups(entry, function);
            bool shuffles = function.Instructions.Any(one => one.Opcode == IrOpcode.WarpShuffle);
            WarpEmulation.Run(function);
            FloatAtomics.Run(function, _ => true);
            LoopEntries.Run(function);
            (string name, string kernel) = OpenClWriter.Write(function, names);
            text.Append('\n').Append(kernel);
            kernels.Add(new OpenClKernel(
                entry, name, Extensions(function), SharedMemoryBytes(function), UsesDynamicSharedMemory(function),
                shuffles ? WarpEmulation.MaximumGroupSize : null));
        }

        IEnumerable<string> enabled = kernels.SelectMany(kernel => kernel.Extensions).Distinct().Order(StringComparer.Ordinal)
            .Select(extension => $"#pragma OPENCL EXTENSION {extension} : enable\n");
        return new OpenClProgram($"{string.Concat(enabled)}#pragma OPENCL FP_CONTRACT OFF\n{text}", kernels);
    }

    private static void RequireIndependentGroups(KernelEntry entry, IrFunction function)
    {
        if (entry.IsCooperative)
        {
            throw Refusal.NoOrderBetweenGroups(function.Name, "the kernel is cooperative");
        }

        if (function.Instructions.FirstOrDefault(one => one.IsOrdered) is IrInstruction ordered)
        {
            string where = ordered.Source is null ? function.Name : $"{function.Name} at {ordered.Source}";
            throw Refusal.NoOrderBetweenGroups(where, "the kernel has an acquire or a release");
        }
    }

    internal static bool UsesDynamicSharedMemory(IrFunction function) => function.Instructions.Any(one =>
        one.Opcode == IrOpcode.DynamicSharedArray || one is { Opcode: IrOpcode.WorkItem, Immediate: (int)WorkItemQuery.DynamicSharedBytes });

    private static List<string> Extensions(IrFunction function)
    {
        List<string> extensions = [];
        IEnumerable<IrType> types = function.Instructions.Select(one => one.Type)
            .Concat(function.Parameters.Select(parameter => parameter.Type))
            .Concat(function.Instructions.SelectMany(one => one.Operands).Select(operand => operand.Type));
        if (types.Any(type => type == IrType.F64 || type.Element == ScalarKind.F64))
        {
            extensions.Add(Doubles);
        }

        AtomicOperation[] wide = [.. function.Instructions
            .Where(one => one.Opcode == IrOpcode.Atomic && one.Type == IrType.I64)
            .Select(one => (AtomicOperation)one.Immediate)];
        if (Array.Exists(wide, IsBase))
        {
            extensions.Add(WideAtomics);
        }

        if (!Array.TrueForAll(wide, IsBase))
        {
            extensions.Add(WideOrderAndBits);
        }

        return extensions;
    }

    private static bool IsBase(AtomicOperation operation) =>
        operation is AtomicOperation.Add or AtomicOperation.Exchange or AtomicOperation.CompareExchange;

    private static long SharedMemoryBytes(IrFunction function) => function.Instructions
        .Where(one => one.Opcode == IrOpcode.SharedArray)
        .Sum(one => ((IrConstant)one.Operands[0]).Bits * Math.Max(1, one.Type.PointeeBytes));
}
