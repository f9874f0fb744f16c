using System.Reflection;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Loops with a known number of rounds: what becomes of them, and that the results stay.</summary>
public sealed class LoopTests
{
    private const int Length = 67;

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tile_HasTheBitsOfPlainCSharp(bool isOptimised) => KernelComparison.Run(
        Method(nameof(LoopKernels.Tile), isOptimised), Length, Floats(Length, 1), Floats(2 * 19, 2), new float[Length * 6], 19);

    [OpenClTheory]
    [InlineData(nameof(LoopKernels.Forms), true)]
    [InlineData(nameof(LoopKernels.Forms), false)]
    [InlineData(nameof(LoopKernels.Long), true)]
    [InlineData(nameof(LoopKernels.Long), false)]
    [InlineData(nameof(LoopKernels.Nested), true)]
    [InlineData(nameof(LoopKernels.Nested), false)]
    [InlineData(nameof(LoopKernels.StructTile), true)]
    [InlineData(nameof(LoopKernels.StructTile), false)]
    public void Loops_HaveTheBitsOfPlainCSharp(string kernel, bool isOptimised)
    {
        Random random = new(4);
        int[] source = [.. Enumerable.Range(0, Length).Select(i => i % 3 == 0 ? i / 3 : random.Next(int.MinValue, int.MaxValue))];
        KernelComparison.Run(Method(kernel, isOptimised), Length, source, new int[Length]);
    }

    // PoCL 3.1 gave all work-items of a group the results of one.
    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void RoundsBeforeABarrier_KeepEachWorkItemsResults(bool isOptimised)
    {
        int[] source = [7, 11, 2, 0, 5, 6, 4, 2, 3, 1, 0, 0, 9, 8, 6, 1];
        GroupComparison.Run(Method(nameof(LoopKernels.OwnRounds), isOptimised), new KernelConfig(2, 8), source, new int[source.Length]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nested_KeepsEveryValueBehindWhatItUses(bool isOptimised) =>
        Assert.Equal(2, new ControlFlow(CompiledKernels.Compile(Method(nameof(LoopKernels.Nested), isOptimised))).Loops().Count);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unread_LeavesNoBranchAndNoCondition(bool isOptimised)
    {
        IrFunction function = CompiledKernels.Compile(Method(nameof(LoopKernels.Unread), isOptimised));

        Assert.True(function.Blocks.Count == 1, IrPrinter.Print(function));
        Assert.DoesNotContain(function.Instructions, one => one.Opcode is IrOpcode.Less or IrOpcode.LessEqual or IrOpcode.Load);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tile_KeepsOneLoopAndNoArray(bool isOptimised)
    {
        IrFunction function = CompiledKernels.Compile(Method(nameof(LoopKernels.Tile), isOptimised));

        Assert.Single(new ControlFlow(function).Loops());
        Assert.DoesNotContain(function.Instructions, one => one.Opcode == IrOpcode.LocalArray);
        Assert.Equal(6, function.Instructions.Count(one => one.Opcode == IrOpcode.Multiply && one.Type == IrType.F32));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryForm_IsWrittenOut(bool isOptimised) =>
        Assert.Empty(new ControlFlow(CompiledKernels.Compile(Method(nameof(LoopKernels.Forms), isOptimised))).Loops());

    [Fact]
    public void LongLoop_StaysALoop() =>
        Assert.Single(new ControlFlow(CompiledKernels.Compile(Method(nameof(LoopKernels.Long), true))).Loops());

    private static MethodInfo Method(string kernel, bool isOptimised) => CompiledKernels.Method(typeof(LoopKernels), kernel, isOptimised);

    private static float[] Floats(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
