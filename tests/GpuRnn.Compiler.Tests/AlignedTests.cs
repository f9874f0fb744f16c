using System.Reflection;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Accesses of several numbers at once: where they stand in the text, and that they change no bit.</summary>
public sealed class AlignedTests
{
    private const int Count = 16;

    [Theory]
    [InlineData(nameof(AlignedKernels.Structs), "ld.global.v4.f32", 1, "st.global.v4.f32", 1)]
    [InlineData(nameof(AlignedKernels.Vectors), "ld.global.v4.f32", 2, "st.global.v4.f32", 2)]
    [InlineData(nameof(AlignedKernels.Doubles), "ld.global.v2.f64", 1, "st.global.v2.f64", 0)]
    [InlineData(nameof(AlignedKernels.Overlapping), ".v2", 0, ".v4", 0)]
    [InlineData(nameof(AlignedKernels.Shared), "ld.shared.v4.f32", 1, "st.shared.v4.f32", 0)]
    [InlineData(nameof(AlignedKernels.Loops), "ld.global.v4.f32", 1, "st.global.v2.f32", 1)]
    public void Neighbours_MoveTogether_WhereTheAddressIsAMultiple(string kernel, string load, int loads, string store, int stores)
    {
        string text = KernelCompiler.ToPtx(Method(kernel), "sm_70");

        Assert.Equal((loads, stores), (text.Split(load).Length - 1, text.Split(store).Length - 1));
    }

    [Fact]
    public void Structs_HaveTheBitsOfPlainCSharp()
    {
        AlignedKernels.Quad[] source = [.. Enumerable.Range(0, Count).Select(i => new AlignedKernels.Quad { First = i, Second = i + 0.5f, Third = -i, Fourth = 2 * i })];
        Compare(nameof(AlignedKernels.Structs), source, new AlignedKernels.Quad[Count]);
    }

    [Fact]
    public void Vectors_HaveTheBitsOfPlainCSharp() => Compare(nameof(AlignedKernels.Vectors), Numbers(8 * Count), new float[8 * Count]);

    [Fact]
    public void Loops_HaveTheBitsOfPlainCSharp() => Compare(nameof(AlignedKernels.Loops), Numbers(8 * Count), new float[8 * Count]);

    [Fact]
    public void Doubles_HaveTheBitsOfPlainCSharp() =>
        Compare(nameof(AlignedKernels.Doubles), Array.ConvertAll(Numbers(2 * Count), number => (double)number), new double[2 * Count]);

    [OpenClFact]
    public void Shared_HasTheBitsOfPlainCSharp() =>
        GroupComparison.Run(Method(nameof(AlignedKernels.Shared)), new KernelConfig(1, 64), Numbers(256), new float[64]);

    /// <summary>Both parameters show one array, which no comparison of copies can do.</summary>
    [Fact]
    public void Overlapping_KeepsTheOrderOfItsAccesses()
    {
        string text = KernelCompiler.ToPtx(Method(nameof(AlignedKernels.Overlapping)), "sm_70");
        int[] memory = (int[])GroupComparison.Copy([Enumerable.Range(100, 4 * Count).ToArray()])[0];
        GpuRnn.Testing.PtxMachine.PtxLaunch.Run(
            new GpuRnn.Testing.PtxMachine.PtxModule(text).Entries.Values.Single(), [memory, (long)memory.Length, memory, (long)memory.Length, Count], (1, 1, 1), (Count, 1, 1));

        for (int i = 0; i < Count; i++)
        {
            int before = 100 + (4 * i);
            Assert.Equal([before + 8, before + 7, before + 7, before + 8], memory[(4 * i)..(4 * (i + 1))]);
        }
    }

    [PtxasFact]
    public void Kernels_Assemble()
    {
        MethodInfo[] kernels = typeof(AlignedKernels).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly);

        Assert.Equal(kernels.Length, Ptxas.Assemble(KernelCompiler.ToPtx(kernels, "sm_70").Text, "sm_70").Count);
    }

    private static void Compare(string kernel, params object[] arguments)
    {
        object[] plain = GroupComparison.Copy(arguments);
        KernelComparison.RunPlain(Method(kernel), Count, plain);
        PtxComparison.Run(Method(kernel), Count, arguments, plain);
    }

    private static MethodInfo Method(string kernel) => CompiledKernels.Method(typeof(AlignedKernels), kernel);

    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 0.37f) - 3f)];
}
