using GpuRnn.Compiler.Fuzz;
using GpuRnn.Compiler.Fuzz.Execution;
using GpuRnn.Compiler.Fuzz.Generation;
using GpuRnn.Compiler.Fuzz.Syntax;
using GpuRnn.Testing;
using Xunit.Abstractions;

namespace GpuRnn.Compiler.Tests;

/// <summary>Random kernels as plain C# and compiled, and the tools that make and shrink them.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int FreshSeeds = 300;

    [Fact]
    public void FreshSeeds_OnTheProcessorAndAsPtx_GiveTheBitsOfPlainCSharp() => RunFresh(FuzzPaths.Cpu | FuzzPaths.Ptx);

    [OpenClFact]
    public void FreshSeeds_OnOpenCl_GiveTheBitsOfPlainCSharp() => RunFresh(FuzzPaths.OpenCl);

    [Fact]
    public void Generate_SameSeed_GivesTheSameKernel() =>
        Assert.Equal(KernelGenerator.Generate(12345).Text(), KernelGenerator.Generate(12345).Text());

    [Fact]
    public void Generate_SomeSeeds_UseEveryPartOfTheLanguage()
    {
        string all = string.Concat(Enumerable.Range(0, 300).Select(seed => KernelGenerator.Generate((ulong)seed).Text()));

        Assert.All(
            (string[])["for (", "do {", "switch (", " switch {", "? ", "&& ", "|| ", "ref ", "out ", "in ", "struct ", "static abstract", "SharedMemory.Allocate",
                "LocalMemory.Allocate", "Group.Barrier", "SubView", ">>>", "<<=", "break;", "continue;", "return ", "FusedMultiplyAdd", "aliasInt[", "Known(",
                ".SubView(Group.IdxX, 2)"],
            part => Assert.Contains(part, all, StringComparison.Ordinal));
    }

    [Fact]
    public void Shrink_KernelThatFailsForOneStatement_KeepsLittleElse()
    {
        FuzzKernel kernel = KernelGenerator.Generate(1);
        kernel.Body.Insert(2, new Statement("if ($0) #0", [new Expression(FuzzType.Bool, "(argInt == $0)", new Expression(FuzzType.Int, "5"))], [new Statement("culprit = 1;", [])]));

        Shrinker.Shrink(kernel, candidate => candidate.Text().Contains("culprit", StringComparison.Ordinal), TimeSpan.FromMinutes(1));

        // Barriers stay, so that what fails in the end is no race.
        Statement left = Assert.Single(kernel.Body, statement => !statement.IsKept);
        Assert.Equal("false", left.Operands[0].ToString());
        Assert.Empty(kernel.Members);
    }

    [Fact]
    public void FirstDifference_OneElementChanged_NamesItWithBothValues()
    {
        FuzzKernel kernel = KernelGenerator.Generate(1);
        FuzzMemory expected = FuzzMemory.Create(1);
        FuzzMemory got = FuzzMemory.Create(1);
        Assert.Null(Comparison.FirstDifference(kernel, expected, got));

        ((double[])expected.Outputs[5])[9] = 0.0;
        ((double[])got.Outputs[5])[9] = -0.0;

        Assert.Equal("outDouble[9] (work-item 1): expected 0, got -0", Comparison.FirstDifference(kernel, expected, got));
    }

    [Theory]
    [InlineData(1f, 1.0000001f, 1)]
    [InlineData(0f, -0f, 0)]
    [InlineData(1e-45f, -1e-45f, 2)]
    [InlineData(float.MaxValue, float.PositiveInfinity, 1)]
    [InlineData(float.NaN, float.NaN, 0)]
    [InlineData(float.NaN, 1f, long.MaxValue)]
    public void Distance_CountsTheFloatsBetween(float first, float second, long expected) =>
        Assert.Equal(expected, Comparison.Distance(first, second));

    // Other kernels every day, the same all day, so that a failure can be repeated from the printed numbers.
    private void RunFresh(FuzzPaths paths)
    {
        ulong first = (ulong)(DateTime.UtcNow.Date - DateTime.UnixEpoch).Days * 1000;
        output.WriteLine($"dotnet run -c Release --project tests/GpuRnn.Compiler.Fuzz -- --first {first} --count {FreshSeeds} --paths {paths}");
        IReadOnlyList<Finding> findings = FuzzRun.Run(first, FreshSeeds, paths, Environment.ProcessorCount);
        Assert.True(
            findings.Count == 0,
            $"{findings.Count} of {FreshSeeds} kernels from seed {first} on fail: {string.Join(", ", findings.Select(finding => $"{finding.Kernel.Seed} ({finding.Path})"))}.\n"
            + (findings.Count == 0 ? "" : FuzzRun.Describe(findings[0], TimeSpan.FromMinutes(1))));
    }
}
