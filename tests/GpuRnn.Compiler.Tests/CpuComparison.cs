using System.Reflection;
using System.Runtime.InteropServices;
using GpuRnn.Compiler.Backends.Cpu;
using GpuRnn.Compiler.Backends.Cpu.Interleaving;
using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests;

/// <summary>Runs a kernel compiled for the processor on a copy of memory, and compares with what plain C# left in another copy.</summary>
internal static class CpuComparison
{
    /// <summary>A launch by index, in two parts that begin at no multiple of a vector.</summary>
    internal static void Indices(MethodInfo method, int extent, object[] arguments, object[] expected) =>
        Compare(method, arguments, expected, (program, leaves, workspace) =>
        {
            int middle = extent / 3;
            program.RunIndices(leaves, workspace, new Index3D(extent, 1, 1), 0, middle);
            program.RunIndices(leaves, workspace, new Index3D(extent, 1, 1), middle, extent);
        });

    /// <summary>A launch of groups; then the same with all work-items interleaved, in a few orders.</summary>
    internal static void Groups(MethodInfo method, KernelConfig config, object[] arguments, object[] expected)
    {
        const int Orders = 3;
        Compare(method, arguments, expected, (program, leaves, workspace) => program.RunGroups(leaves, workspace, config, 0, config.GridDim.Size));
        InterleavedProgram interleaved = InterleavedProgram.Compile(KernelEntry.Read(method), _ => null);
        for (int seed = 0; seed < Orders; seed++)
        {
            Interleave(interleaved, method, config, GroupComparison.Copy(arguments), expected, seed);
        }
    }

    private static void Interleave(InterleavedProgram program, MethodInfo method, KernelConfig config, object[] own, object[] expected, int seed)
    {
        List<GCHandle> pinned = [];
        long[] leaves = new long[program.LeafCount];
        program.Pack(KernelComparison.Views(method, own, pinned), leaves);
        program.Run(leaves, config, seed);
        pinned.ForEach(handle => handle.Free());
        KernelComparison.SameArrays(expected, own);
    }

    private static void Compare(MethodInfo method, object[] arguments, object[] expected, Action<CpuProgram, long[], CpuWorkspace> run)
    {
        object[] own = GroupComparison.Copy(arguments);
        List<GCHandle> pinned = [];
        CpuProgram program = CpuProgram.Compile(method, _ => null);
        long[] leaves = new long[program.LeafCount];
        program.Pack(KernelComparison.Views(method, own, pinned), leaves);
        using CpuWorkspace workspace = new();
        run(program, leaves, workspace);
        pinned.ForEach(handle => handle.Free());
        KernelComparison.SameArrays(expected, own);
    }
}
