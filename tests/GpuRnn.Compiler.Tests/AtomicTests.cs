using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Atomics of every type as generated OpenCL against plain C#.</summary>
public sealed class AtomicTests
{
    private const int Length = 101;

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Integers_AgreeWithPlainCSharp(bool isOptimised) => Compare<int>(nameof(AtomicKernels.Integers), isOptimised, [0, 0, 0, -1, 0, 9]);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void UnsignedIntegers_AreOrderedWithoutSign(bool isOptimised) => Compare<uint>(nameof(AtomicKernels.Unsigned), isOptimised, [0, 70, 70]);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void WideIntegers_AgreeWithPlainCSharp(bool isOptimised) => KernelComparison.Run(
        CompiledKernels.Method(typeof(AtomicKernels), nameof(AtomicKernels.Wide), isOptimised), Length,
        new long[] { 0, 0, 0, -1, 0, 9 }, Enumerable.Range(0, Length + 2).Select(i => (ulong)i).ToArray());

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Floats_AreAddedAndOrdered(bool isOptimised) => Compare<float>(nameof(AtomicKernels.Floats), isOptimised, [0f, -0f, 0f, 0f]);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Doubles_AreAddedAndOrdered(bool isOptimised) => Compare<double>(nameof(AtomicKernels.Doubles), isOptimised, [0.0, 0.0, 0.0]);

    [Theory]
    [InlineData(nameof(AtomicKernels.Integers), "")]
    [InlineData(nameof(AtomicKernels.Floats), "")]
    [InlineData(nameof(AtomicKernels.Doubles), "cl_khr_fp64 cl_khr_int64_base_atomics")]
    [InlineData(nameof(AtomicKernels.Wide), "cl_khr_int64_base_atomics cl_khr_int64_extended_atomics")]
    public void Program_NamesTheExtensionsThatItNeeds(string kernel, string extensions)
    {
        OpenClKernel compiled = Assert.Single(KernelCompiler.ToOpenCl([CompiledKernels.Method(typeof(AtomicKernels), kernel)]).Kernels);

        Assert.Equal(extensions, string.Join(' ', compiled.Extensions));
    }

    private static void Compare<T>(string kernel, bool isOptimised, T[] meeting)
        where T : unmanaged, System.Numerics.INumber<T> => KernelComparison.Run(
        CompiledKernels.Method(typeof(AtomicKernels), kernel, isOptimised), Length,
        meeting, Enumerable.Range(0, Length).Select(i => T.CreateTruncating(i)).ToArray());
}
