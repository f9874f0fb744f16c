using System.Reflection;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Whole texts, kept as files and reviewed like code: what each pass does to a small kernel, and what becomes of a few kernels.</summary>
public sealed class GoldenTests
{
    private const string Folder = "tests/GpuRnn.Compiler.Tests/Golden";

    [OptimizedTheory]
    [InlineData("unrolling", nameof(PassKernels.ThreeRounds))]
    [InlineData("local arrays", nameof(PassKernels.LocalPair))]
    [InlineData("common subexpressions", nameof(PassKernels.Repeated))]
    [InlineData("loop invariants", nameof(PassKernels.Invariant))]
    [InlineData("memory to registers", nameof(PassKernels.Invariant))]
    [InlineData("scalar replacement", nameof(PassKernels.Repeated))]
    [InlineData("folding", nameof(PassKernels.ThreeRounds))]
    [InlineData("dead code", nameof(PassKernels.Repeated))]
    [InlineData("memory forwarding", nameof(PassKernels.Reload))]
    [InlineData("address spaces", nameof(PassKernels.LocalPair))]
    public void Pass_DoesToASmallKernelWhatIsKept(string pass, string kernel)
    {
        PassCapture capture = PassCapture.Of(CompiledKernels.Method(typeof(PassKernels), kernel), pass);

        GoldenText.Verify($"{Folder}/pass-{pass.Replace(' ', '-')}.ir", $"before {pass}:\n{capture.Before}\nbehind {pass}:\n{capture.After}");
    }

    [OptimizedTheory]
    [InlineData("Dropout.Forward", "dropout")]
    [InlineData("MatMulTiled.Forward", "matmul-tiled")]
    [InlineData("StepNodeForward.Forward<LstmNode>", "lstm-step")]
    [InlineData("RowSoftmax.Forward", "row-softmax")]
    public void Kernel_BecomesTheKeptTexts(string kernel, string file)
    {
        MethodInfo method = CompiledKernels.All[kernel];

        GoldenText.Verify($"{Folder}/{file}.ir", KernelCompiler.ToIntermediateText(method));
        GoldenText.Verify($"{Folder}/{file}.cl", KernelCompiler.ToOpenCl(method));
    }

    [OptimizedTheory]
    [InlineData("Dropout.Forward", "dropout")]
    [InlineData("MatMulTiled.Forward", "matmul-tiled")]
    [InlineData("AddBias.Forward", "add-bias")]
    [InlineData("RowSoftmax.Forward", "row-softmax")]
    public void Kernel_BecomesTheKeptTextOfTheProcessor(string kernel, string file) =>
        GoldenText.Verify($"{Folder}/{file}.cpu.txt", KernelCompiler.ToCpuText(CompiledKernels.All[kernel]));

    [Fact]
    public void SpecializedValue_IsBuiltInAndItsLoopWrittenOut()
    {
        KernelEntry entry = KernelEntry.Read(CompiledKernels.Method(typeof(PassKernels), nameof(PassKernels.Specialized)))
            .Specialize([default(ArrayView<int>), new SpecializedValue<int>(3)]);

        GoldenText.Verify($"{Folder}/specialized.ir", IrPrinter.Print(KernelCompiler.Compile(entry)));
    }
}
