using System.Text.RegularExpressions;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Linear;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Whole PTX texts, so that a change of form is seen.</summary>
public sealed class PtxGoldenTests
{
    [Fact]
    public void Tanh_IsStraightArithmetic() => Verify("activate-tanh", typeof(Activate), "Forward", typeof(TanhActivation));

    [Fact]
    public void MatMulTiled_KeepsItsTilesInSharedMemory() => Verify("matmul-tiled", typeof(MatMulTiled), "Forward");

    // Without the lines that name the C# source, which move with every edit of it.
    private static void Verify(string name, Type owner, string kernel, params Type[] arguments)
    {
        string text = KernelCompiler.ToPtx(CompiledKernels.Method(owner, kernel, arguments), "sm_80");
        GoldenText.Verify($"tests/GpuRnn.Compiler.Tests/Golden/{name}.sm_80.ptx", Regex.Replace(text, @"^    // \w+\.cs:\d+\n", "", RegexOptions.Multiline));
    }
}
