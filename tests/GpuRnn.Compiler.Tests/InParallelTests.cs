using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Kernels.Elementwise;

namespace GpuRnn.Compiler.Tests;

/// <summary>Several kernels compiled on all processors.</summary>
public sealed class InParallelTests
{
    private static readonly MethodInfo[] s_kernels =
        [.. new[] { typeof(Scale), typeof(Add), typeof(Divide), typeof(Clamp), typeof(Fill) }.Select(owner => CompiledKernels.Method(owner, "Forward"))];

    [Fact]
    public void Each_HasTheTextOfOne_InItsPlace()
    {
        Assert.Equal(s_kernels.Select(kernel => KernelCompiler.ToOpenCl(kernel)), KernelCompiler.ToOpenClEach(s_kernels));
        Assert.Equal(s_kernels.Select(kernel => KernelCompiler.Describe(kernel).InstructionCount), KernelCompiler.DescribeEach(s_kernels).Select(facts => facts.InstructionCount));
    }

    [Fact]
    public void Failures_OfSeveral_TheFirstInOrderArrives()
    {
        // The later one fails at once, the first after much work.
        for (int round = 0; round < 50; round++)
        {
            KernelNotSupportedException refusal = Assert.Throws<KernelNotSupportedException>(() => KernelCompiler.ToOpenClEach(
                [s_kernels[0], Refused(nameof(RefusedKernels.GrowingRecursion)), s_kernels[1], Refused(nameof(RefusedKernels.MutualRecursion))]));
            Assert.Contains("RefusedKernels.GrowingRecursion", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static MethodInfo Refused(string name) => typeof(RefusedKernels).GetMethod(name)!;
}
