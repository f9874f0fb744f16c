using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Tests.Language;

namespace GpuRnn.Compiler.Tests;

/// <summary>What one pass leaves for another that has already run.</summary>
public sealed class PassPipelineTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ConstantThatOnlyTheLastCleanupShows_IsFolded(bool isOptimised)
    {
        IrFunction function = CompiledKernels.Compile(CompiledKernels.Method(typeof(PassKernels), nameof(PassKernels.Forwarded), isOptimised));

        Assert.Single(function.Blocks);
        Assert.DoesNotContain(function.Instructions, one => one.IsPure && one.Operands.Length > 0 && Array.TrueForAll(one.Operands, operand => operand is IrConstant));
        Assert.Equal(35L, Assert.IsType<IrConstant>(function.Instructions.Last(one => one.Opcode == IrOpcode.Store).Operands[1]).Bits);
    }
}
