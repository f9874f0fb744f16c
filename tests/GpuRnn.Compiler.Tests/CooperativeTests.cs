using System.Reflection;
using System.Text.RegularExpressions;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests;

/// <summary>Acquire, release and groups that wait for each other, from C# to text.</summary>
public sealed class CooperativeTests
{
    [Theory]
    [InlineData(1, 1, 4, true)]
    [InlineData(5, 1, 4, true)]
    [InlineData(3, 40, 3, true)]
    [InlineData(3, 40, 3, false)]
    public void Rounds_AsPtx_AddUpWhatAllGroupsWrote(int groups, int groupSize, int rounds, bool isOptimised)
    {
        int[] numbers = [.. Enumerable.Range(1, groups * 2)];

        PtxComparison.Run(
            Method(nameof(CooperativeKernels.Rounds), isOptimised), new KernelConfig(groups, groupSize), [numbers, new int[rounds], rounds],
            [CooperativeKernels.ExpectedRounds(numbers, groupSize, rounds), Enumerable.Repeat(groups, rounds).ToArray(), rounds]);
    }

    [Fact]
    public void Chain_AsPtx_HandsTheNumberOn() => PtxComparison.Run(
        Method(nameof(CooperativeKernels.Chain)), new KernelConfig(5, 1), [new[] { 1, 0, 0, 0, 0 }, new int[5]],
        [new[] { 1, 3, 7, 15, 31 }, new[] { 1, 1, 1, 1, 1 }]);

    [Fact]
    public void Ordered_InPtx_HasTheScopeOfTheDevice()
    {
        string text = KernelCompiler.ToPtx(Method(nameof(CooperativeKernels.Rounds)), "sm_70")
            + KernelCompiler.ToPtx(Method(nameof(CooperativeKernels.Chain)), "sm_90");

        Assert.Equal(
            ["ld.acquire.gpu.global.u32", "red.release.gpu.global.add.u32", "st.release.gpu.global.u32"],
            Regex.Matches(text, @"\w+\.(acquire|release)\S*").Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void LoadBehindAnAcquire_IsNotThatBeforeIt()
    {
        IrFunction function = CompiledKernels.Compile(Method(nameof(CooperativeKernels.LoadedTwice)));
        IrInstruction[] order = [.. function.Instructions.Where(one => one.HasEffect || one.Opcode == IrOpcode.Load)];

        Assert.Equal(
            [IrOpcode.Load, IrOpcode.LoadAcquire, IrOpcode.Load, IrOpcode.Store, IrOpcode.StoreRelease],
            order.Select(one => one.Opcode));
        Assert.Same(order[3].Operands[1], order[4].Operands[1]);
    }

    [Fact]
    public void AcquireThatNobodyReads_Stays()
    {
        IrFunction function = CompiledKernels.Compile(CompiledKernels.Method(typeof(RefusedKernels), nameof(RefusedKernels.Unread)));

        Assert.Single(function.Instructions, one => one.Opcode == IrOpcode.LoadAcquire);
        Assert.Contains("ld.acquire", KernelCompiler.ToPtx(CompiledKernels.Method(typeof(RefusedKernels), nameof(RefusedKernels.Unread)), "sm_70"), StringComparison.Ordinal);
    }

    [Fact]
    public void Entry_SaysThatItsGroupsWait()
    {
        Assert.True(KernelEntry.Read(Method(nameof(CooperativeKernels.Rounds))).IsCooperative);
        Assert.False(KernelEntry.Read(Method(nameof(CooperativeKernels.LoadedTwice))).IsCooperative);
        Assert.StartsWith("cooperative kernel CooperativeKernels.Chain(", KernelCompiler.ToIntermediateText(Method(nameof(CooperativeKernels.Chain))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(CooperativeKernels.Rounds), false, "the kernel is cooperative")]
    [InlineData(nameof(CooperativeKernels.LoadedTwice), true, "the kernel has an acquire or a release")]
    public void OpenCl_RefusesOrderBetweenGroups(string kernel, bool hasLine, string complaint)
    {
        string place = hasLine ? $" at {MarkedLine.Of(typeof(CooperativeKernels), kernel, "GK0025")}" : "";
        KernelNotSupportedException refusal = Assert.Throws<KernelNotSupportedException>(() => KernelCompiler.ToOpenCl(Method(kernel)));

        Assert.Equal(
            $"GK0025 CooperativeKernels.{kernel}{place}: {complaint}, but OpenCL 1.2 promises neither that waiting groups let others run nor an order of memory "
            + "between groups. Run the kernel on another device, or give each step a launch of its own.",
            refusal.Message);
    }

    [Fact]
    public void CooperativeKernelWithAnIndex_IsRefusedByItsSignature() => Assert.Equal(
        "GK0024 RefusedKernels.CooperativeIndex: is cooperative and has an index parameter, but only groups that the launch arranges can wait for each "
        + "other. Take the index from Grid and Group.",
        Assert.Throws<KernelNotSupportedException>(
            () => KernelEntry.Read(CompiledKernels.Method(typeof(RefusedKernels), nameof(RefusedKernels.CooperativeIndex)))).Message);

    private static MethodInfo Method(string name, bool isOptimised = true) => CompiledKernels.Method(typeof(CooperativeKernels), name, isOptimised);
}
