using System.Reflection;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Functions as generated OpenCL against plain C#.</summary>
public sealed class FunctionTests
{
    private static readonly float[] s_floats =
    [
        0f, -0f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 1e9f, -1e9f, float.NaN, float.NaN, 1f, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, 3.25f,
        3.25f, -7.75f,
    ];

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bits_AreCountedAndTurned(bool isOptimised)
    {
        long[] source = [0, 1, -1, 2, 255, 256, 1L << 31, 1L << 32, 1L << 63, 0x0F0F0F0F12345678, 1L << 40, -256, int.MaxValue, 96];
        KernelComparison.Run(
            CompiledKernels.Method(typeof(FunctionKernels), nameof(FunctionKernels.Bits), isOptimised), source.Length, source, new int[source.Length * 16]);
    }

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void OrderAndRounding_TreatNaNAndZeroAsCSharpDoes(bool isOptimised) => KernelComparison.Run(
        CompiledKernels.Method(typeof(FunctionKernels), nameof(FunctionKernels.Order), isOptimised), s_floats.Length, s_floats, new float[s_floats.Length * 16]);

    /// <summary>OpenCL 1.2 promises these within 16 units in the last place (table 7.1); the result's magnitude is at most about 150.</summary>
    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void ElementaryFunctions_AreWithinTheUlpThatOpenClPromises(bool isOptimised)
    {
        const int Values = 32;
        const float UnitsInTheLastPlace = 16f;
        float[] source = [.. Enumerable.Range(0, 41).Select(i => (i - 20) * 0.11f)];
        MethodInfo method = CompiledKernels.Method(typeof(FunctionKernels), nameof(FunctionKernels.Elementary), isOptimised);
        float[] expected = new float[source.Length * Values];
        KernelComparison.RunPlain(method, source.Length, [source, expected]);
        float[] got = new float[expected.Length];
        KernelComparison.RunOpenCl(KernelCompiler.ToOpenCl([method]), method, [source.Length], null, [source, got], source.Length);

        for (int i = 0; i < expected.Length; i++)
        {
            float allowed = UnitsInTheLastPlace * (MathF.BitIncrement(MathF.Abs(expected[i])) - MathF.Abs(expected[i]));
            allowed = MathF.Max(allowed, i % Values is 6 or 7 or 20 or 21 ? 1e-6f : 0f);
            Assert.True(
                MathF.Abs(got[i] - expected[i]) <= allowed,
                $"value {i / Values}, function {i % Values}: expected {expected[i]:R}, got {got[i]:R}, error {got[i] - expected[i]}, allowed {allowed}.");
        }
    }
}
