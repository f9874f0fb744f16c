using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Linear;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Reductions;
using static GpuRnn.Compiler.Tests.KernelInputs;

namespace GpuRnn.Compiler.Tests;

/// <summary>Generated PTX, run by a reader of the PTX manual that knows nothing of the compiler, against the same kernel as plain C#, bit for bit.</summary>
public sealed class PtxMachineTests
{
    private const int Length = 67;

    public static TheoryData<string> LanguageParts =>
        [.. typeof(LanguageKernels).GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Where(method => method.GetParameters().Length == 4).Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(LanguageParts))]
    public void PartOfTheLanguage_AsPtx_HasTheBitsOfPlainCSharp(string kernel)
    {
        float[] source = Numbers(Length, 11);
        float[] specials = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3e9f, -3e9f, -0.5f, 1.5f];
        specials.CopyTo(source, 0);
        Compare(CompiledKernels.Method(typeof(LanguageKernels), kernel), Length, source, new int[Length], 19);
    }

    [Theory]
    [MemberData(nameof(PtxLanguageKernels.Names), MemberType = typeof(PtxLanguageKernels))]
    public void Instruction_AsPtx_HasTheBitsOfPlainCSharp(string kernel) => Compare(
        CompiledKernels.Method(typeof(PtxLanguageKernels), kernel), Length, Specials(Length), new int[Length]);

    [Theory]
    [InlineData(typeof(TanhActivation))]
    [InlineData(typeof(SigmoidActivation))]
    [InlineData(typeof(LeakyReluActivation))]
    public void Activation_AsPtx_HasTheBitsOfPlainCSharp(Type activation) => Compare(
        CompiledKernels.Method(typeof(Activate), "Forward", activation), Length, Specials(Length), new float[Length]);

    [Fact]
    public void Dropout_AsPtx_DrawsTheSameNumbers() => Compare(
        CompiledKernels.Method(typeof(Dropout), "Forward"), (Length + 3) / 4, Numbers(Length, 1), new float[Length], Length,
        Dropout.Threshold(0.4), 1.6666f, 1234, -77, 5_000_000_000L);

    [Fact]
    public void RowSoftmax_AsPtx_HasTheBitsOfPlainCSharp() => Compare(
        CompiledKernels.Method(typeof(RowSoftmax), "Forward"), 5, Numbers(5 * 13, 1), new float[5 * 13], 13);

    [Fact]
    public void LstmStep_AsPtx_HasTheBitsOfPlainCSharp()
    {
        const int Rows = 3;
        const int Width = 17;
        Compare(
            CompiledKernels.Method(typeof(StepNodeForward), "Forward", typeof(LstmNode)), Rows * Width, LstmStep(Rows, Width));
    }

    /// <summary>The tiled kernel promises the naive kernel's bits; its barriers are tried by the machine's shuffled order.</summary>
    [Fact]
    public void MatMulTiled_AsPtx_HasTheBitsOfTheNaiveKernel()
    {
        const int M = 17;
        const int N = 21;
        const int K = 35;
        float[] a = Numbers(M * K, 1);
        float[] b = Numbers(K * N, 2);
        float[] bias = Numbers(N, 3);
        float[] expected = new float[M * N];
        KernelComparison.RunPlain(
            CompiledKernels.Method(typeof(MatMulNaive), "Forward"), M * N, [a, b, expected, bias, N, K, K, 1, N, 1, N, 0, 1]);

        float[] got = new float[M * N];
        PtxComparison.Run(
            CompiledKernels.Method(typeof(MatMulTiled), "Forward"), new KernelConfig(new Index3D(2, 2, 1), new Index3D(16, 16, 1)),
            [a, b, got, bias, M, N, K, K, 1, N, 1, N, 0, 1], [a, b, expected, bias, M, N, K, K, 1, N, 1, N, 0, 1]);
    }

    [Fact]
    public void Groups_AsPtx_ShareAndCountAndKeepPrivateArrays()
    {
        int[] target = new int[2 * PtxGroupKernels.GroupSize];
        int[] counters = [0, 5, 1000, -1000, 0];
        PtxComparison.Run(
            CompiledKernels.Method(typeof(PtxGroupKernels), nameof(PtxGroupKernels.ReverseAndCount)), new KernelConfig(2, PtxGroupKernels.GroupSize),
            [target, counters],
            [Enumerable.Range(0, target.Length).Select(PtxGroupKernels.Expected).ToArray(), new[] { target.Length, 5 | 63, 0, PtxGroupKernels.GroupSize - 1, target.Length }]);
    }

    private static void Compare(MethodInfo method, int extent, params object[] arguments)
    {
        object[] plain = GroupComparison.Copy(arguments);
        KernelComparison.RunPlain(method, extent, plain);
        PtxComparison.Run(method, extent, arguments, plain);
    }
}
