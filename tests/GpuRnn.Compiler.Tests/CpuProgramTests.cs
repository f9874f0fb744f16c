using System.Reflection;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests;

/// <summary>Each part of the language compiled for the processor, against plain C#.</summary>
public sealed class CpuProgramTests
{
    private const int Length = 67;
    private const int Count = 19;

    /// <summary>The kernels of <see cref="LanguageKernels"/>.</summary>
    public static TheoryData<string> Names =>
        [.. typeof(LanguageKernels).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void LanguageKernel_OnTheProcessor_HasTheBitsOfPlainCSharp(string name)
    {
        MethodInfo method = CompiledKernels.Method(typeof(LanguageKernels), name);
        Random random = new(11);
        float[] source = [.. Enumerable.Range(0, Length).Select(_ => (float)((random.NextDouble() * 4.0) - 2.0))];
        float[] specials = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3e9f, -3e9f, -0.5f, 1.5f];
        specials.CopyTo(source, 0);
        object[] arguments = [source, new int[Length], Count];
        object[] expected = GroupComparison.Copy(arguments);
        KernelComparison.RunPlain(method, Length, expected);

        CpuComparison.Indices(method, Length, arguments, expected);
    }

    [Fact]
    public void CollectiveOfOneWarp_RunsWarpByWarp()
    {
        MethodInfo method = CompiledKernels.Method(typeof(CollectiveKernels), nameof(CollectiveKernels.OneWarp));
        KernelConfig config = new(2, 80);
        object[] arguments = [new int[160]];
        object[] expected = GroupComparison.Copy(arguments);
        GroupComparison.RunPlain(method, config, expected);

        CpuComparison.Groups(method, config, arguments, expected);
    }
}
