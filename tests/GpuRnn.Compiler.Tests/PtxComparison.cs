using System.Reflection;
using GpuRnn.Compiler.Backends.Ptx;
using GpuRnn.KernelModel;
using GpuRnn.Testing;
using GpuRnn.Testing.PtxMachine;

namespace GpuRnn.Compiler.Tests;

/// <summary>Runs generated PTX on the machine that follows the PTX manual.</summary>
internal static class PtxComparison
{
    /// <summary>A kernel with an index of one dimension; all arrays must hold what <paramref name="expected"/> holds afterwards.</summary>
    internal static void Run(MethodInfo method, int extent, object[] arguments, object[] expected)
    {
        // Rounded up, as a launch may do it, so that the guard is tried too.
        object[] copies = GroupComparison.Copy(arguments);
        Launch(method, [.. KernelLeaves.ForPtx(method, copies), extent], ((extent + 15) / 16, 1, 1), (16, 1, 1), 0);
        KernelComparison.SameArrays(expected, copies);
    }

    /// <summary>An explicitly grouped kernel.</summary>
    internal static void Run(MethodInfo method, KernelConfig config, object[] arguments, object[] expected)
    {
        object[] copies = GroupComparison.Copy(arguments);
        Index3D grid = config.GridDim;
        Index3D group = config.GroupDim;
        Launch(method, KernelLeaves.ForPtx(method, copies), (grid.X, grid.Y, grid.Z), (group.X, group.Y, group.Z), config.SharedMemoryConfig.ArraySize);
        KernelComparison.SameArrays(expected, copies);
    }

    private static void Launch(MethodInfo method, object[] arguments, (int X, int Y, int Z) grid, (int X, int Y, int Z) group, int dynamicBytes)
    {
        PtxProgram program = KernelCompiler.ToPtx([method], "sm_80");
        PtxKernel kernel = Assert.Single(program.Kernels);
        PtxLaunch.Run(
            new PtxModule(program.Text).Entries[kernel.Name], arguments, grid, group,
            (int)kernel.LaunchSharedMemoryBytes + dynamicBytes);
    }
}
