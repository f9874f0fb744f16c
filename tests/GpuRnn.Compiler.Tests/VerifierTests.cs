using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Tests;

/// <summary>What the verifier must see.</summary>
public sealed class VerifierTests
{
    [Fact]
    public void ValueUsedBeforeItsDefinition_IsReportedWithTheDump()
    {
        IrFunction function = new("Test", 0);
        IrBlock block = function.AddBlock();
        IrInstruction late = new(IrOpcode.WorkItem, IrType.I32, function.NextId(), []);
        block.Append(new IrInstruction(IrOpcode.Negate, IrType.I32, function.NextId(), [late]));
        block.Append(late);

        InternalCompilerException defect = Assert.Throws<InternalCompilerException>(() => IrVerifier.Verify(function, "test"));

        Assert.StartsWith("Test: after test, ", defect.Message, StringComparison.Ordinal);
        Assert.Contains("not yet defined", defect.Message, StringComparison.Ordinal);
        Assert.StartsWith("kernel Test()", defect.Dump, StringComparison.Ordinal);
    }

    [Fact]
    public void OperandsOfTwoTypes_AreReported()
    {
        IrFunction function = new("Test", 0);
        function.AddBlock().Append(
            new IrInstruction(IrOpcode.Add, IrType.I32, function.NextId(), [IrConstant.Of(1), IrConstant.Of(1f)]));

        Assert.Throws<InternalCompilerException>(() => IrVerifier.Verify(function, "test"));
    }

    [Fact]
    public void EdgeWithoutArgument_IsReported()
    {
        IrFunction function = new("Test", 0);
        IrBlock first = function.AddBlock();
        IrBlock second = function.AddBlock();
        second.Parameters.Add(new IrBlockParameter(IrType.I32, second, function.NextId()));
        first.SetJump(new IrEdge(second));

        Assert.Throws<InternalCompilerException>(() => IrVerifier.Verify(function, "test"));
    }

    [Fact]
    public void UnreachableBlock_IsReported()
    {
        IrFunction function = new("Test", 0);
        function.AddBlock();
        function.AddBlock();

        Assert.Throws<InternalCompilerException>(() => IrVerifier.Verify(function, "test"));
    }
}
