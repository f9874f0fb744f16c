using System.Reflection;
using GpuRnn.Compiler.Backends.Ptx;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>A warp's products of matrices and copies that go on by themselves: the same bits on every path, and refused where there are none.</summary>
public sealed class TensorTests
{
    private const int Warps = 2;

    private static readonly MethodInfo[] s_kernels =
        typeof(TensorKernels).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly);

    /// <summary>Kernels that need sm_80.</summary>
    public static TheoryData<string> Kernels => [.. s_kernels.Select(method => method.Name)];

    [OpenClTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Roundings_OfAnyBits_AreTheSameEverywhere(int seed)
    {
        Random random = new(seed);
        float[] source = [.. Enumerable.Range(0, 97).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)))];
        float[] ties = [1.00048828125f, 1.00146484375f, -1.00048828125f, 1.00390625f, 1.01171875f, float.MaxValue, -float.MaxValue, float.Epsilon, float.NaN, float.PositiveInfinity];
        ties.CopyTo(source, 0);
        int[] target = new int[2 * source.Length];
        KernelComparison.Run(Method(nameof(TensorKernels.Rounded)), source.Length, source, target);
        object[] plain = [source, target];
        KernelComparison.RunPlain(Method(nameof(TensorKernels.Rounded)), source.Length, plain);
        PtxComparison.Run(Method(nameof(TensorKernels.Rounded)), source.Length, [source, new int[target.Length]], plain);
    }

    [OpenClTheory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public void Products_OfRandomFactors_HaveTheSameBitsEverywhere(bool isOptimised, int rounds)
    {
        int items = Warps * Warp.WarpSize;
        GroupComparison.Run(
            CompiledKernels.Method(typeof(TensorKernels), nameof(TensorKernels.Tf32Products), isOptimised), new KernelConfig(1, items),
            Numbers(8 * items * rounds, rounds), Numbers(2 * items * rounds, 7), new float[8 * items], rounds);
    }

    [OpenClTheory]
    [InlineData(nameof(TensorKernels.Tf32Product), 8)]
    [InlineData(nameof(TensorKernels.BFloat16Product), 16)]
    public void Product_ByTheDocumentedLayout_IsTheProduct(string kernel, int depth)
    {
        // Whole numbers that both kinds of factors hold, so that every order of the sums gives the same.
        float[] a = [.. Enumerable.Range(0, 16 * depth).Select(i => (float)((i * 7 % 23) - 11))];
        float[] b = [.. Enumerable.Range(0, depth * 8).Select(i => (float)((i * 5 % 19) - 9))];
        float[] expected = new float[16 * 8];
        for (int i = 0; i < expected.Length; i++)
        {
            (int row, int column) = (i / 8, i % 8);
            expected[i] = 1 + (2 * (row / 8)) + (column % 2) + Enumerable.Range(0, depth).Sum(k => a[(row * depth) + k] * b[(k * 8) + column]);
        }

        object[] arguments = [a, b, new float[expected.Length]];
        GroupComparison.RunPlain(Method(kernel), new KernelConfig(1, Warp.WarpSize), arguments);
        KernelComparison.SameBits(kernel, expected, (float[])arguments[2]);
        GroupComparison.Run(Method(kernel), new KernelConfig(1, Warp.WarpSize), a, b, new float[expected.Length]);
    }

    [Fact]
    public void Product_OfAGroupThatIsNotWholeWarps_IsAnErrorThatSaysSo()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => GroupComparison.RunPlain(
            Method(nameof(TensorKernels.Tf32Product)), new KernelConfig(1, 33), [Numbers(128, 1), Numbers(64, 1), new float[128]]));

        Assert.Equal("WarpMatrix.MultiplyAddTf32: the group has 33 work-items, but a multiple of 32 was needed. Launch whole warps.", error.Message);
    }

    [OpenClTheory]
    [InlineData(true, 1)]
    [InlineData(false, 64)]
    [InlineData(true, 200)]
    public void Copies_OfTwoBuffersInTurn_ArriveBehindTheWait(bool isOptimised, int length) => GroupComparison.Run(
        CompiledKernels.Method(typeof(TensorKernels), nameof(TensorKernels.DoubleBuffered), isOptimised), new KernelConfig(2, 24),
        Numbers(length, 4), new float[48], length);

    [OpenClFact]
    public void Copies_OfEightAndSixteenBytes_MoveTheWholeElements() => GroupComparison.Run(
        Method(nameof(TensorKernels.Widths)), new KernelConfig(1, 64),
        Enumerable.Range(0, 64).Select(i => i * 1.5).ToArray(), Enumerable.Range(0, 256).ToArray(), new double[64]);

    [Theory]
    [InlineData(nameof(RefusedKernels.CopyWithoutWait))]
    [InlineData(nameof(RefusedKernels.CopyWithoutCommit))]
    public void Copy_ThatNobodyWaitsFor_HasNotArrivedInPlainCSharp(string kernel)
    {
        object[] arguments = [Numbers(32, 1), new float[32]];
        GroupComparison.RunPlain(CompiledKernels.Method(typeof(RefusedKernels), kernel), new KernelConfig(1, 32), arguments);

        Assert.Equal(Enumerable.Repeat(-1f, 32), (float[])arguments[1]);
    }

    [Fact]
    public void Copy_FromAnAddressThatIsNoMultiple_IsAnErrorThatSaysSo()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => GroupComparison.RunPlain(
            CompiledKernels.Method(typeof(RefusedKernels), nameof(RefusedKernels.UnalignedCopy)), new KernelConfig(1, 1), GroupComparison.Copy([Numbers(32, 1), new float[32]])));

        Assert.Equal(
            "AsyncCopy.ToShared: 16 bytes begin 0 bytes behind a multiple of 16 in the target and 4 in the source, but multiples were needed in both. "
            + "Copy fewer bytes at a time, or begin elsewhere.",
            error.Message);
    }

    [Theory]
    [InlineData(nameof(RefusedKernels.CopyOfComputedBytes), "moves a number of bytes that is computed")]
    [InlineData(nameof(RefusedKernels.CopyOfTwelveBytes), "moves 12 bytes, but it can move 4, 8 or 16")]
    [InlineData(nameof(RefusedKernels.CopyIntoDeviceMemory), "goes from device memory to shared memory, but one of the views is of other memory")]
    [InlineData(nameof(RefusedKernels.ComputedWait), "waits for a number of sets that is computed")]
    public void Copy_ThatPtxCannotSay_IsRefused(string kernel, string complaint)
    {
        KernelNotSupportedException refusal = Assert.Throws<KernelNotSupportedException>(() =>
            KernelCompiler.ToPtx(CompiledKernels.Method(typeof(RefusedKernels), kernel), "sm_80"));

        Assert.Equal(
            $"GK0028 RefusedKernels.{kernel} at {MarkedLine.Of(typeof(RefusedKernels), kernel, "GK0028")}: an asynchronous copy {complaint}. Pass a view of shared "
            + "memory and one of device memory, and constants for the number of elements and of sets to wait for.",
            refusal.Message);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Kernel_NamesItsOldestArchitecture_AndIsRefusedBelow(string kernel)
    {
        PtxProgram program = KernelCompiler.ToPtx([Method(kernel)], "sm_90");
        KernelNotSupportedException refusal = Assert.Throws<KernelNotSupportedException>(() => KernelCompiler.ToPtx(Method(kernel), "sm_75"));

        Assert.Equal("sm_80", Assert.Single(program.Kernels).MinimumArchitecture);
        Assert.Matches(
            $@"^GK0027 TensorKernels\.{kernel} at {MarkedLine.Of(typeof(TensorKernels), kernel, "GK0027")}: uses (WarpMatrix|AsyncCopy) for sm_75, but it needs sm_80 or newer\. "
            + @"Choose a kernel without it for this device\.$",
            refusal.Message);
    }

    [PtxasTheory]
    [InlineData("sm_80")]
    [InlineData("sm_90")]
    public void Kernels_Assemble_AndKeepTheirSumsInRegisters(string architecture)
    {
        IReadOnlyList<PtxasResult> results = Ptxas.Assemble(KernelCompiler.ToPtx(s_kernels, architecture).Text, architecture);

        Assert.Equal(s_kernels.Length, results.Count);
        Assert.All(results, result => Assert.Equal((result.Entry, 0, 0), (result.Entry, result.StackBytes, result.SpillStoreBytes)));
    }

    private static MethodInfo Method(string kernel) => CompiledKernels.Method(typeof(TensorKernels), kernel);

    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 4.0) - 2.0))];
    }
}
