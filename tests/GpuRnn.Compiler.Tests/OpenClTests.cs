using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Linear;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Reductions;
using GpuRnn.Testing;
using static GpuRnn.Compiler.Tests.KernelInputs;

namespace GpuRnn.Compiler.Tests;

/// <summary>Generated OpenCL against the same kernel as plain C#, bit for bit.</summary>
public sealed class OpenClTests
{
    private const int Length = 257;

    [OpenClFact]
    public void Add_OnOpenCl_HasTheBitsOfPlainCSharp() => KernelComparison.Run(
        CompiledKernels.Method(typeof(Add), "Forward"), Length, Numbers(Length, 1), Numbers(Length, 2), new float[Length]);

    [OpenClFact]
    public void Scale_OnOpenCl_HasTheBitsOfPlainCSharp() => KernelComparison.Run(
        CompiledKernels.Method(typeof(Scale), "Forward"), Length, Numbers(Length, 1), new float[Length], 0.37f);

    [OpenClFact]
    public void AddScaled_OnOpenCl_RoundsOnce() => KernelComparison.Run(
        CompiledKernels.Method(typeof(AddScaled), "Forward"), Length, Numbers(Length, 1), Numbers(Length, 2), 0.37f);

    [OpenClFact]
    public void Tanh_OnOpenCl_HasTheBitsOfPlainCSharp() => KernelComparison.Run(
        CompiledKernels.Method(typeof(Activate), "Forward", typeof(TanhActivation)), Length, Specials(Length), new float[Length]);

    [OpenClFact]
    public void Sigmoid_OnOpenCl_HasTheBitsOfPlainCSharp() => KernelComparison.Run(
        CompiledKernels.Method(typeof(Activate), "Forward", typeof(SigmoidActivation)), Length, Specials(Length), new float[Length]);

    [OpenClFact]
    public void LeakyRelu_OnOpenCl_HasTheBitsOfPlainCSharp() => KernelComparison.Run(
        CompiledKernels.Method(typeof(Activate), "Forward", typeof(LeakyReluActivation)), Length, Specials(Length), new float[Length]);

    [OpenClFact]
    public void OptimizerUpdate_OnOpenCl_HasTheBitsOfPlainCSharp()
    {
        AdamRule<F32> rule = AdamSteps.Adam(value => new F32((float)value), new AdamSettings(0.9, 0.999, 1e-8), 1e-3, 3);
        Penalty<F32> penalty = Penalty<F32>.Create(value => new F32((float)value), 1e-3, 0.01, true, 0.001);
        float[] secondMoments = Array.ConvertAll(Numbers(Length, 4), MathF.Abs);
        KernelComparison.Run(
            CompiledKernels.Method(typeof(OptimizerUpdate), "Update", typeof(AdamRule<F32>)), Length, Numbers(Length, 1), Numbers(Length, 2),
            Numbers(Length, 3), secondMoments, 2, penalty, rule);
    }

    [OpenClFact]
    public void MatMulNaive_OnOpenCl_HasTheBitsOfPlainCSharp()
    {
        const int M = 7;
        const int N = 11;
        const int K = 19;
        KernelComparison.Run(
            CompiledKernels.Method(typeof(MatMulNaive), "Forward"), M * N, Numbers(M * K, 1), Numbers(K * N, 2), Numbers(M * N, 3), Numbers(N, 4),
            N, K, K, 1, N, 1, N, 1, 1);
    }

    /// <summary>The tiled kernel needs barriers, which plain C# runs only inside a device; its definition promises the naive kernel's bits.</summary>
    [OpenClFact]
    public void MatMulTiled_OnOpenCl_HasTheBitsOfTheNaiveKernel()
    {
        const int M = 37;
        const int N = 21;
        const int K = 35;
        float[] a = Numbers(M * K, 1);
        float[] b = Numbers(K * N, 2);
        float[] bias = Numbers(N, 3);
        float[] expected = new float[M * N];
        KernelComparison.RunPlain(
            CompiledKernels.Method(typeof(MatMulNaive), "Forward"), M * N, [a, b, expected, bias, N, K, K, 1, N, 1, N, 0, 1]);

        float[] got = new float[M * N];
        int[] groups = [((N + 15) / 16) * 16, ((M + 15) / 16) * 16];
        MethodInfo method = CompiledKernels.Method(typeof(MatMulTiled), "Forward");
        KernelComparison.RunOpenCl(
            KernelCompiler.ToOpenCl([method]), method, groups, [16, 16], [a, b, got, bias, M, N, K, K, 1, N, 1, N, 0, 1]);
        KernelComparison.SameBits("MatMulTiled", expected, got);
    }

    [OpenClFact]
    public void LstmStep_OnOpenCl_HasTheBitsOfPlainCSharp()
    {
        const int Rows = 3;
        const int Width = 37;
        KernelComparison.Run(
            CompiledKernels.Method(typeof(StepNodeForward), "Forward", typeof(LstmNode)), Rows * Width, LstmStep(Rows, Width));
    }

    [OpenClFact]
    public void RowSoftmax_OnOpenCl_HasTheBitsOfPlainCSharp() => KernelComparison.Run(
        CompiledKernels.Method(typeof(RowSoftmax), "Forward"), 5, Numbers(5 * 13, 1), new float[5 * 13], 13);

    [OpenClFact]
    public void Dropout_OnOpenCl_DrawsTheSameNumbers() => KernelComparison.Run(
        CompiledKernels.Method(typeof(Dropout), "Forward"), (Length + 3) / 4, Numbers(Length, 1), new float[Length], Length,
        Dropout.Threshold(0.4), 1.6666f, 1234, -77, 5_000_000_000L);

    [OpenClFact]
    public void EveryKernel_BuildsOnOpenCl()
    {
        foreach (MethodInfo method in CompiledKernels.ForOpenCl.Values)
        {
            using OpenClText built = new(OpenClTestDevice.Shared, KernelCompiler.ToOpenCl(method));
        }
    }
}
