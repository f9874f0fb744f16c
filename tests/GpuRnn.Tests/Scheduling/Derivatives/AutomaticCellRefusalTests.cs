using System.Runtime.CompilerServices;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling.Derivatives;

/// <summary>What a user's cell may not do is refused when it is made, on every device alike.</summary>
public sealed class AutomaticCellRefusalTests
{
    [Fact]
    public void Function_ThatCountsItsCalls_IsRefusedWithRuleFileAndLine() => Refuse<RefusedFunctions.Counting>("GK0013");

    [Fact]
    public void Function_ThatAllocates_IsRefusedWithRuleFileAndLine() => Refuse<RefusedFunctions.Allocating>("GK0009");

    [Fact]
    public void Function_ThatLooksAtItsLane_IsRefusedWithRuleFileAndLine() => Refuse<RefusedFunctions.Throwing>("GK0009");

    [Fact]
    public void Input_ThatNoFunctionReads_IsRefused() => Refuse<RefusedFunctions.SkippingAnInput>(
        "Cell \"mine\", the graph: no function reads input 0, so that its gradient would be unknown. Read it, or declare fewer blocks.");

    [Fact]
    public void Value_ReadBeforeItIsWritten_IsRefused() => Refuse<RefusedFunctions.ReadingAValueOfNobody>(
        "Cell \"mine\", ReadingAValueOfNobody: it reads value 0, which nothing before it writes. Order the nodes so that it is written first.");

    [Fact]
    public void Function_WithoutAState_IsRefused() => Refuse<RefusedFunctions.WritingNoState>(
        "Cell \"mine\", the graph: output state 0 is named, but there are 0. Use a number that the graph declares.");

    [Fact]
    public void Vector_ThatIsNotDeclared_IsRefused()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => AutomaticCell.Create(
            "mine", step => step.Vector("only").Function<RefusedFunctions.ReadingAVectorTooMany>()));
        Assert.Equal(
            "Cell \"mine\", ReadingAVectorTooMany: it reads vector 1, but the graph has 1, counted from 0. Declare as many as are used.", refusal.Message);
    }

    [Fact]
    public void Input_ThatTwoFunctionsRead_IsRefused()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => AutomaticCell.Create(
            "mine", step => step.Product(StepSource.PreviousState(0), 2).Function<MinimalGatedStep>().Function<MinimalGatedStep>()));
        Assert.Equal(
            "Cell \"mine\", MinimalGatedStep: it reads input 0, and so does MinimalGatedStep, but its gradient is set by one node. "
            + "Let the first one hand it on as a value.",
            refusal.Message);
    }

    [Fact]
    public void ProductOfTheInput_InTheStep_IsRefused()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => AutomaticCell.Create("mine", step => step.Product(StepSource.Input)));
        Assert.Contains("Read Input(0), Input(1), … instead.", refusal.Message, StringComparison.Ordinal);
    }

    // With a GK id the message must also name the line of the file that carries the id.
    private static void Refuse<TFunction>(string expected, [CallerFilePath] string path = "")
        where TFunction : struct, IStepFunction
    {
        if (!expected.StartsWith("GK", StringComparison.Ordinal))
        {
            Assert.Equal(expected, Assert.Throws<ArgumentException>(() => AutomaticCell.Create<TFunction>("mine")).Message);
            return;
        }

        KernelNotSupportedException refusal = Assert.Throws<KernelNotSupportedException>(() => AutomaticCell.Create<TFunction>("mine"));
        string[] lines = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "RefusedFunctions.cs"));
        int start = Array.FindIndex(lines, line => line.Contains($"struct {typeof(TFunction).Name} ", StringComparison.Ordinal));
        int number = Array.FindIndex(lines, start, line => line.EndsWith($"// {expected}", StringComparison.Ordinal)) + 1;
        Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"RefusedFunctions.cs:{number}", refusal.Message, StringComparison.Ordinal);
    }
}
