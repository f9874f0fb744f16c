using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Generated PTX through NVIDIA's assembler, and what is refused before it gets there.</summary>
public sealed class PtxTests
{
    [PtxasTheory]
    [InlineData("sm_70")]
    [InlineData("sm_80")]
    [InlineData("sm_90")]
    public void EveryKernel_Assembles_WithoutPrivateMemory(string architecture)
    {
        // Tiles of vectors fill the registers of a processor core, not those of a thread.
        MethodInfo[] kernels = [.. CompiledKernels.All.Where(entry => !entry.Key.Contains("F32Vector", StringComparison.Ordinal)).Select(entry => entry.Value)];
        IReadOnlyList<PtxasResult> results = Ptxas.Assemble(KernelCompiler.ToPtx(kernels, architecture).Text, architecture);

        Assert.Equal(kernels.Length, results.Count);
        Assert.All(results, result => Assert.Equal((result.Entry, 0, 0, 0), (result.Entry, result.SpillStoreBytes, result.SpillLoadBytes, result.StackBytes)));
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
            typeof(ConversionKernels), typeof(FunctionKernels), typeof(MemoryKernels),
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

        Assert.Matches(
            @"^GK0020 RefusedKernels\.Exponential at RefusedKernels\.cs:\d+: calls Exp, for which PTX has only an approximation, but a kernel means the "
            + @"same on every device\. Call the kernels' own Transcendental functions, or write it with arithmetic\.$",
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
}
