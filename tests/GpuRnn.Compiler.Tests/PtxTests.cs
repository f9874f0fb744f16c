using System.Reflection;
using GpuRnn.Compiler.Backends.Ptx;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Persistent;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Generated PTX through NVIDIA's assembler, and what is refused before it gets there.</summary>
public sealed class PtxTests
{
    /// <summary>What a training step spends its time in besides the tiles of vectors; none of it may leave the registers.</summary>
    private static readonly string[] s_hot =
    [
        "MatMulTiled.Forward", "MatMulTensor.Forward<Tf32Factor>", "MatMulTensor.Forward<BFloat16Factor>", "MatMulNaive.Forward", "StepNodeForward.Forward<LstmNode>", "StepNodeBackward.Backward<LstmNode>",
        "StepNodeForward.Forward<GruNode>", "StepNodeBackward.Backward<GruNode>", "RowSoftmax.Forward", "OptimizerUpdate.Update<AdamRule<F32>>", "Dropout.Forward",
    ];

    [PtxasTheory]
    [InlineData("sm_70")]
    [InlineData("sm_80")]
    [InlineData("sm_90")]
    public void EveryKernel_Assembles_AndNoneSpills(string architecture)
    {
        ILookup<string?, MethodInfo> kernels = CompiledKernels.All.ToLookup(kernel => ExpectedRefusal(kernel.Key, architecture), kernel => kernel.Value);
        Assert.All(kernels.Where(group => group.Key is not null).SelectMany(group => group, (group, kernel) => (Id: group.Key, kernel)), refused =>
            Assert.StartsWith($"{refused.Id} ", KernelCompiler.RefusalAsPtx(refused.kernel, architecture), StringComparison.Ordinal));
        MethodInfo[] supported = [.. kernels[null]];
        PtxProgram program = KernelCompiler.ToPtx(supported, architecture);
        Dictionary<string, PtxasResult> results = Ptxas.Assemble(program.Text, architecture).ToDictionary(result => result.Entry);

        Assert.Equal(supported.Length, results.Count);
        Assert.All(program.Kernels, kernel =>
        {
            PtxasResult result = results[kernel.Name];
            Assert.Equal((kernel.Entry.Name, 0), (kernel.Entry.Name, result.SpillStoreBytes + result.SpillLoadBytes));
        });
        Assert.All(s_hot, name => Assert.Contains(name, CompiledKernels.All.Keys));
        Assert.All(s_hot.Intersect(program.Kernels.Select(kernel => kernel.Entry.Name)), name =>
        {
            PtxKernel kernel = program.Kernels.Single(one => one.Entry.Name == name);
            Assert.Equal((name, 0), (name, results[kernel.Name].StackBytes));
        });
    }

    /// <summary>The catalogue has the smallest tiles of these; the largest that the scheduler takes must stay in registers, too.</summary>
    [PtxasTheory]
    [InlineData("sm_80", 4, false, 2, 4)]
    [InlineData("sm_90", 4, false, 2, 4)]
    [InlineData("sm_90", 4, false, 1, 8)]
    [InlineData("sm_90", 3, false, 2, 3)]
    [InlineData("sm_90", 3, false, 1, 6)]
    [InlineData("sm_80", 4, true, 2, 1)]
    [InlineData("sm_90", 4, true, 2, 1)]
    [InlineData("sm_90", 4, true, 1, 2)]
    [InlineData("sm_90", 3, true, 2, 1)]
    public void TensorLoops_OfTheLargestTiles_DoNotSpill(string architecture, int gates, bool isBackward, int rowTiles, int columnTiles)
    {
        Type node = gates == 4 ? typeof(LstmNode) : typeof(GruNode);
        MethodInfo[] kernels = [.. TensorBlockShape.Factors.Select(factor =>
            new TensorBlockShape(factor, gates, isBackward, rowTiles, columnTiles, 8).Close(node, false))];

        Assert.All(Ptxas.Assemble(KernelCompiler.ToPtx(kernels, architecture).Text, architecture), result =>
            Assert.Equal(0, result.SpillStoreBytes + result.SpillLoadBytes + result.StackBytes));
    }

    [Fact]
    public void VectorsOfSixteen_AreRefusedWithTheRemedy()
    {
        (string name, MethodInfo kernel) = CompiledKernels.All.First(one => one.Key.Contains("Lanes16", StringComparison.Ordinal));

        Assert.Equal(
            $"GK0029 {name}: computes with vectors of 16 numbers, but a GPU's thread holds 8 at most, in registers of one number each. Choose a narrower tile.",
            KernelCompiler.RefusalAsPtx(kernel, "sm_90"));
    }

    [PtxasTheory]
    [InlineData("sm_70")]
    [InlineData("sm_75")]
    [InlineData("sm_90")]
    public void EveryPartOfTheLanguage_Assembles(string architecture)
    {
        Type[] classes =
        [
            typeof(LanguageKernels), typeof(PtxLanguageKernels), typeof(PtxGroupKernels), typeof(AtomicKernels), typeof(CollectiveKernels),
            typeof(ConversionKernels), typeof(CooperativeKernels), typeof(FunctionKernels), typeof(MemoryKernels),
        ];
        MethodInfo[] kernels = [.. classes.SelectMany(owner => owner.GetMethods(BindingFlags.Static | BindingFlags.Public))
            .Where(method => method.ReturnType == typeof(void) && method.Name != nameof(FunctionKernels.Elementary))];

        Assert.Equal(kernels.Length, Ptxas.Assemble(KernelCompiler.ToPtx(kernels, architecture).Text, architecture).Count);
    }

    [Fact]
    public void ApproximateFunction_IsRefusedWithItsLine()
    {
        KernelNotSupportedException refusal = Assert.Throws<KernelNotSupportedException>(() =>
            KernelCompiler.ToPtx(CompiledKernels.Method(typeof(RefusedKernels), nameof(RefusedKernels.Exponential)), "sm_80"));

        Assert.Equal(
            $"GK0020 RefusedKernels.Exponential at {MarkedLine.Of(typeof(RefusedKernels), nameof(RefusedKernels.Exponential), "GK0020")}: calls Exp, for which PTX "
            + "has only an approximation, but a kernel means the same on every device. Call the kernels' own Transcendental functions, or write it with arithmetic.",
            refusal.Message);
    }

    [Fact]
    public void BoundsAndPromises_StandInTheText()
    {
        string text = KernelCompiler.ToPtx(CompiledKernels.Method(typeof(PtxGroupKernels), nameof(PtxGroupKernels.Promised)), "sm_70");

        Assert.Contains(")\n.maxntid 64, 1, 1\n.minnctapersm 2\n{\n", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("ld.global.nc.f32").Length);
        Assert.Equal(2, text.Split("ld.global.f32").Length);
    }

    [Fact]
    public void Promises_ChangeNoBit() => PtxComparison.Run(
        CompiledKernels.Method(typeof(PtxGroupKernels), nameof(PtxGroupKernels.Promised)), new KernelConfig(1, 4),
        [new[] { 1f, 2f, 3f, 4f }, new[] { 10f, 20f, 30f, 40f }], [new[] { 1f, 2f, 3f, 4f }, new[] { 11f, 22f, 33f, 44f }]);

    [Fact]
    public void GroupBeyondTheBounds_DoesNotStartOnTheMachineEither() => Assert.Throws<ArgumentException>(() => PtxComparison.Run(
        CompiledKernels.Method(typeof(PtxGroupKernels), nameof(PtxGroupKernels.Promised)), new KernelConfig(1, 65), [new float[65], new float[65]], []));

    [Theory]
    [InlineData(nameof(RefusedKernels.WriteToReadOnly))]
    [InlineData(nameof(RefusedKernels.AtomicOnReadOnly))]
    public void WriteThroughAReadOnlyView_IsRefusedWithItsLine(string kernel)
    {
        KernelNotSupportedException refusal = Assert.Throws<KernelNotSupportedException>(() =>
            CompiledKernels.Compile(CompiledKernels.Method(typeof(RefusedKernels), kernel)));

        Assert.Matches(
            $@"^GK0030 RefusedKernels\.{kernel} at RefusedKernels\.cs:\d+: writes to 'source', but \[ReadOnlyView\] promises that nobody does\. "
            + @"Take the attribute away, or write to another view\.$",
            refusal.Message);
    }

    [Fact]
    public void UnknownArchitecture_IsRefusedWithTheKnownOnes()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() =>
            KernelCompiler.ToPtx(CompiledKernels.All.Values.First(), "sm_60"));

        Assert.StartsWith(
            "KernelCompiler.ToPtx: the architecture is 'sm_60', but one of sm_70, sm_72, sm_75, sm_80, sm_86, sm_87, sm_89, sm_90 was needed. "
            + "Name the newest one that the device is not older than.",
            refusal.Message,
            StringComparison.Ordinal);
    }

    // Everything else must be supported.
    private static string? ExpectedRefusal(string kernel, string architecture) =>
        kernel.Contains("Lanes16", StringComparison.Ordinal) ? "GK0029"
        : kernel.Contains("Tensor", StringComparison.Ordinal) && architecture == "sm_70" ? "GK0027"
        : null;
}
