using System.Reflection;
using System.Runtime.InteropServices;
using GpuRnn.Compiler.Backends.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests;

/// <summary>Each part of the language compiled for the processor, against plain C#.</summary>
public sealed unsafe class CpuProgramTests
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
        int[] expected = new int[Length];
        KernelComparison.RunPlain(method, Length, [source.Clone(), expected, Count]);
        int[] actual = new int[Length];
        Run(method, source, actual);

        Assert.Equal(expected, actual);
    }

    private static void Run(MethodInfo method, float[] source, int[] target)
    {
        CpuProgram program = CpuProgram.Compile(method, _ => null);
        GCHandle pinnedSource = GCHandle.Alloc(source, GCHandleType.Pinned);
        GCHandle pinnedTarget = GCHandle.Alloc(target, GCHandleType.Pinned);
        ArrayView<float> sourceView = new(source, (float*)pinnedSource.AddrOfPinnedObject(), source.Length);
        ArrayView<int> targetView = new(target, (int*)pinnedTarget.AddrOfPinnedObject(), target.Length);
        object[] arguments = [(ArrayView1D<float, Stride1D.Dense>)sourceView, (ArrayView1D<int, Stride1D.Dense>)targetView, Count];
        long[] leaves = new long[program.LeafCount];
        program.Pack(arguments, leaves);
        using CpuWorkspace workspace = new();

        // In two parts that begin at no multiple of a vector.
        program.RunIndices(leaves, workspace, new Index3D(Length, 1, 1), 0, 21);
        program.RunIndices(leaves, workspace, new Index3D(Length, 1, 1), 21, Length);
        pinnedSource.Free();
        pinnedTarget.Free();
    }
}
