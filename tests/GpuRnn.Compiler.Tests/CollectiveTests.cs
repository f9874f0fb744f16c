using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Warps, collectives of groups, fences and dynamic shared memory as generated OpenCL against plain C#.</summary>
public sealed class CollectiveTests
{
    [OpenClTheory]
    [InlineData(true, 32, 1)]
    [InlineData(true, 48, 5)]
    [InlineData(false, 48, 5)]
    [InlineData(true, 7, 2)]
    [InlineData(true, 70, 40)]
    public void Shuffles_GiveTheLanesValues(bool isOptimised, int groupSize, int by) => Compare(
        nameof(CollectiveKernels.Shuffles), isOptimised, new KernelConfig(2, groupSize), new int[2 * groupSize * 10], by);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Shuffles_InThreeDimensions_CountXFirst(bool isOptimised) => Compare(
        nameof(CollectiveKernels.Shuffles), isOptimised, new KernelConfig(new Index3D(2, 1, 2), new Index3D(5, 3, 4)), new int[4 * 60 * 10], 3);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Shuffles_OfOtherTypes_MoveTheWholeValue(bool isOptimised) => Compare(
        nameof(CollectiveKernels.ShuffledTypes), isOptimised, new KernelConfig(2, 48), new double[96], 3);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void WarpSums_AddUpEveryGroup(bool isOptimised) => Compare(
        nameof(CollectiveKernels.WarpSums), isOptimised, new KernelConfig(3, 64), Enumerable.Range(0, 192).Select(i => i * 0.25f).ToArray(), new float[3]);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void GroupCollectives_InALoop_KeepApart(bool isOptimised) => Compare(
        nameof(CollectiveKernels.GroupCollectives), isOptimised, new KernelConfig(2, 37), new int[74], 9);

    [OpenClTheory]
    [InlineData(nameof(CollectiveKernels.WarpsInStep), true)]
    [InlineData(nameof(CollectiveKernels.WarpsInStep), false)]
    [InlineData(nameof(CollectiveKernels.PrivateArrays), true)]
    [InlineData(nameof(CollectiveKernels.PrivateArrays), false)]
    [InlineData(nameof(CollectiveKernels.LoopBeforeBarriers), true)]
    [InlineData(nameof(CollectiveKernels.LoopBeforeBarriers), false)]
    public void LoopsOfSeveralWarps_KeepEachWorkItemsValues(string kernel, bool isOptimised) =>
        Compare(kernel, isOptimised, new KernelConfig(2, 96), new int[192], 5);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void DynamicSharedMemory_HasTheLaunchesSize(bool isOptimised) => Compare(
        nameof(CollectiveKernels.DynamicShared), isOptimised, new KernelConfig(2, 16, SharedMemoryConfig.RequestDynamic<int>(21)), new int[32]);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fences_AreAccepted(bool isOptimised) => Compare(nameof(CollectiveKernels.Fences), isOptimised, new KernelConfig(2, 64), new int[128]);

    [Fact]
    public void CollectiveOfOneWarp_IsUniformButNotForOpenCl()
    {
        System.Reflection.MethodInfo method = CompiledKernels.Method(typeof(CollectiveKernels), nameof(CollectiveKernels.OneWarp));
        CompiledKernels.Compile(method);

        KernelNotSupportedException refusal = Assert.Throws<KernelNotSupportedException>(() => KernelCompiler.ToOpenCl(method));

        Assert.Equal(
            $"GK0022 CollectiveKernels.OneWarp at {MarkedLine.Of(typeof(CollectiveKernels), nameof(CollectiveKernels.OneWarp), "GK0022")}: a collective of the warp "
            + "stands where a condition leads that differs between work-items of the group, but OpenCL 1.2 has no warps, so all work-items of the group must "
            + "reach it together. Move it out of the branch, or run the kernel on another device.",
            refusal.Message);
    }

    private static void Compare(string kernel, bool isOptimised, KernelConfig config, params object[] arguments) =>
        GroupComparison.Run(CompiledKernels.Method(typeof(CollectiveKernels), kernel, isOptimised), config, arguments);
}
