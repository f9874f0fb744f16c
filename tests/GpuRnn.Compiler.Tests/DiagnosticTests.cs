using System.Text.RegularExpressions;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Tests;

/// <summary>What is outside the kernel language, with the id, the place and the words of each refusal.</summary>
public sealed class DiagnosticTests
{
    [Theory]
    [InlineData(nameof(RefusedKernels.Recursion), "GK0008", "calls RefusedKernels.Factorial, which is already running, but every call is inlined. Write the recursion as a loop.")]
    [InlineData(nameof(RefusedKernels.Allocation), "GK0009", "allocates an array, but a device has no heap. Use structs, and LocalMemory or SharedMemory for arrays of constant size.")]
    [InlineData(nameof(RefusedKernels.Throwing), "GK0010", "throws InvalidOperationException, but a kernel cannot throw. Check arguments before the launch, and use unchecked arithmetic.")]
    [InlineData(nameof(RefusedKernels.CheckedSum), "GK0010", "uses checked arithmetic, but a kernel cannot throw. Check arguments before the launch, and use unchecked arithmetic.")]
    [InlineData(nameof(RefusedKernels.Text), "GK0011", "uses a string, but a kernel knows only values. Pass numbers, structs of numbers or views.")]
    [InlineData(nameof(RefusedKernels.FunctionPointer), "GK0012", "calls a delegate or a function pointer, whose body is chosen at run time, but calls must be known when compiling. Take the type as a type parameter constrained to struct and the interface.")]
    [InlineData(nameof(RefusedKernels.ChangingStatic), "GK0013", "reads or writes the static field RefusedKernels.s_counter, but only 'static readonly' numbers are constants. Make it so, or pass the value as a parameter.")]
    [InlineData(nameof(RefusedKernels.HostCall), "GK0015", "calls Thread.MemoryBarrier, which has no body that a device could run, but every call is inlined. Use a function of the kernel model, or write it with arithmetic.")]
    [InlineData(nameof(RefusedKernels.AddressArithmetic), "GK0016", "needs the IL instruction 'conv.u on an address', but the kernel language has none for it. Write the line with plain arithmetic.")]
    [InlineData(nameof(RefusedKernels.DivergentBarrier), "GK0017", "a barrier stands where a condition leads that differs between work-items, but all work-items of a group must reach it together. Move it out of the branch, or make the condition depend only on parameters and on Grid.")]
    [InlineData(nameof(RefusedKernels.BarrierInLoopOfOwnLength), "GK0017", "a barrier stands where a condition leads that differs between work-items, but all work-items of a group must reach it together. Move it out of the branch, or make the condition depend only on parameters and on Grid.")]
    [InlineData(nameof(RefusedKernels.ImplicitBarrier), "GK0017", "a barrier stands in a kernel with an index parameter, but all work-items of a group must reach it together. Move it out of the branch, or make the condition depend only on parameters and on Grid.")]
    [InlineData(nameof(RefusedKernels.DivergentShuffle), "GK0021", "a collective of the warp stands where a condition leads that differs between work-items, but all lanes of a warp must reach it together. Move it out of the branch, or make the condition depend only on parameters, on Grid and on Warp.WarpIdx.")]
    [InlineData(nameof(RefusedKernels.ImplicitShuffle), "GK0021", "a collective of the warp stands in a kernel with an index parameter, but all lanes of a warp must reach it together. Move it out of the branch, or make the condition depend only on parameters, on Grid and on Warp.WarpIdx.")]
    [InlineData(nameof(RefusedKernels.ComputedExtent), "GK0018", "the extent of local or shared memory is computed, but a constant above 0 was needed. Use a 'const int'.")]
    public void RefusedKernel_NamesFileLineRuleAndRemedy(string kernel, string id, string text)
    {
        KernelNotSupportedException refusal = Refuse(kernel);

        Assert.Equal(id, refusal.Id);
        Match match = Regex.Match(refusal.Message, $@"^{id} RefusedKernels\.{kernel} at RefusedKernels\.cs:(\d+): (.*)$");
        Assert.True(match.Success, refusal.Message);
        Assert.Equal(text, match.Groups[2].Value);
    }

    [Fact]
    public void ViewOfNothing_IsRefusedByItsSignature() => Assert.Equal(
        "GK0014 RefusedKernels.EmptyElement: uses ArrayView<RefusedKernels.Nothing>, but an element of a view is made of numbers. Take the type apart into numbers.",
        Refuse(nameof(RefusedKernels.EmptyElement)).Message);

    [Fact]
    public void ReferenceToEitherMemory_IsRefused() => Assert.Equal("GK0019", Refuse(nameof(RefusedKernels.ChosenVariable)).Id);

    [Fact]
    public void UniformBarriers_AreAllowed()
    {
        IrFunction function = CompiledKernels.Compile(CompiledKernels.Method(typeof(RefusedKernels), nameof(RefusedKernels.UniformBarriers)));

        Assert.Equal(2, function.Instructions.Count(one => one.Opcode == IrOpcode.Barrier));
    }

    private static KernelNotSupportedException Refuse(string kernel) => Assert.Throws<KernelNotSupportedException>(
        () => CompiledKernels.Compile(CompiledKernels.Method(typeof(RefusedKernels), kernel)));
}
