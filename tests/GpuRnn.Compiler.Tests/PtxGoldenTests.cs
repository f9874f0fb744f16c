using System.Text.RegularExpressions;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Linear;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Whole PTX texts, so that a change of form is seen.</summary>
public sealed class PtxGoldenTests
{
    [OptimizedTheory]
    [InlineData("activate-tanh", typeof(Activate), typeof(TanhActivation))]
    [InlineData("matmul-tiled", typeof(MatMulTiled))]
    public void Kernel_BecomesTheKeptText(string name, Type owner, params Type[] arguments) => Verify(name, owner, "Forward", arguments);

    // Without the lines that name the C# source, which move with every edit of it.
    private static void Verify(string name, Type owner, string kernel, params Type[] arguments)
    {
        string text = KernelCompiler.ToPtx(CompiledKernels.Method(owner, kernel, arguments), "sm_80");
        GoldenText.Verify($"tests/GpuRnn.Compiler.Tests/Golden/{name}.sm_80.ptx", Regex.Replace(text, @"^    // \w+\.cs:\d+\n", "", RegexOptions.Multiline));
    }
}
