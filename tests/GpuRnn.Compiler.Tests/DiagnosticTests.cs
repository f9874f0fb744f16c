using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Tests;

/// <summary>What is outside the kernel language, with the id, the place and the words of each refusal.</summary>
public sealed class DiagnosticTests
{
    [Theory]
    [InlineData(nameof(RefusedKernels.Recursion), "GK0008", "calls RefusedKernels.Factorial, which is already running, but every call is inlined. Write the recursion as a loop.")]
    [InlineData(nameof(RefusedKernels.GrowingRecursion), "GK0008", "calls Grow within more than 256 calls, each with other type arguments, but every call is inlined. Write the recursion as a loop.")]
    [InlineData(nameof(RefusedKernels.WrittenStatic), "GK0013", "reads or writes the static field RefusedKernels.s_counter, but only 'static readonly' numbers are constants. Make it so, or pass the value as a parameter.")]
    [InlineData(nameof(RefusedKernels.AddressOfStatic), "GK0013", "reads or writes the static field RefusedKernels.s_counter, but only 'static readonly' numbers are constants. Make it so, or pass the value as a parameter.")]
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
    [InlineData(nameof(RefusedKernels.BarrierInLoopOfWrittenLength), "GK0017", "a barrier stands where a condition leads that differs between work-items, but all work-items of a group must reach it together. Move it out of the branch, or make the condition depend only on parameters and on Grid.")]
    [InlineData(nameof(RefusedKernels.ImplicitBarrier), "GK0017", "a barrier stands in a kernel with an index parameter, but all work-items of a group must reach it together. Move it out of the branch, or make the condition depend only on parameters and on Grid.")]
    [InlineData(nameof(RefusedKernels.DivergentShuffle), "GK0021", "a collective of the warp stands where a condition leads that differs between work-items, but all lanes of a warp must reach it together. Move it out of the branch, or make the condition depend only on parameters, on Grid and on Warp.WarpIdx.")]
    [InlineData(nameof(RefusedKernels.ImplicitShuffle), "GK0021", "a collective of the warp stands in a kernel with an index parameter, but all lanes of a warp must reach it together. Move it out of the branch, or make the condition depend only on parameters, on Grid and on Warp.WarpIdx.")]
    [InlineData(nameof(RefusedKernels.NewObject), "GK0009", "allocates an object of Version, but a device has no heap. Use structs, and LocalMemory or SharedMemory for arrays of constant size.")]
    [InlineData(nameof(RefusedKernels.Box), "GK0009", "allocates a box for a value, but a device has no heap. Use structs, and LocalMemory or SharedMemory for arrays of constant size.")]
    [InlineData(nameof(RefusedKernels.StackAllocation), "GK0009", "allocates memory on the stack, but a device has no heap. Use structs, and LocalMemory or SharedMemory for arrays of constant size.")]
    [InlineData(nameof(RefusedKernels.TryBlock), "GK0010", "has a try block, but a kernel cannot throw. Check arguments before the launch, and use unchecked arithmetic.")]
    [InlineData(nameof(RefusedKernels.CheckedConversion), "GK0010", "uses a checked conversion, but a kernel cannot throw. Check arguments before the launch, and use unchecked arithmetic.")]
    [InlineData(nameof(RefusedKernels.Null), "GK0011", "uses an object or an array, but a kernel knows only values. Pass numbers, structs of numbers or views.")]
    [InlineData(nameof(RefusedKernels.TypeObject), "GK0011", "uses an object or an array, but a kernel knows only values. Pass numbers, structs of numbers or views.")]
    [InlineData(nameof(RefusedKernels.Delegate), "GK0012", "calls a delegate or a function pointer, whose body is chosen at run time, but calls must be known when compiling. Take the type as a type parameter constrained to struct and the interface.")]
    [InlineData(nameof(RefusedKernels.Lambda), "GK0012", "calls a delegate or a function pointer, whose body is chosen at run time, but calls must be known when compiling. Take the type as a type parameter constrained to struct and the interface.")]
    [InlineData(nameof(RefusedKernels.Interface), "GK0011", "uses an object or an array, but a kernel knows only values. Pass numbers, structs of numbers or views.")]
    [InlineData(nameof(RefusedKernels.StaticArray), "GK0013", "reads or writes the static field RefusedKernels.s_table, but only 'static readonly' numbers are constants. Make it so, or pass the value as a parameter.")]
    [InlineData(nameof(RefusedKernels.Decimal), "GK0014", "uses decimal, but a kernel computes with bool, integers of up to 64 bits, Half, float and double. Take the type apart into numbers.")]
    [InlineData(nameof(RefusedKernels.StaticDecimal), "GK0013", "reads or writes the static field RefusedKernels.s_price, but only 'static readonly' numbers are constants. Make it so, or pass the value as a parameter.")]
    [InlineData(nameof(RefusedKernels.MutualRecursion), "GK0008", "calls RefusedKernels.IsEven, which is already running, but every call is inlined. Write the recursion as a loop.")]
    [InlineData(nameof(RefusedKernels.ChosenVariable), "GK0019", "a reference may point to different kinds of memory or to different variables, but what it points to must be known when compiling. Branch first, and take the reference in each branch.")]
    [InlineData(nameof(RefusedKernels.ComputedExtent), "GK0018", "the extent of local or shared memory is computed, but a constant above 0 was needed. Use a 'const int'.")]
    [InlineData(nameof(RefusedKernels.UndeclaredWait), "GK0023", "a loop ends when an acquire has read what another group writes, but the kernel does not say that its groups wait for each other. Mark it [Cooperative], so that devices start all groups at once.")]
    [InlineData(nameof(RefusedKernels.AcquireOfSharedMemory), "GK0026", "an acquire or a release of shared or local memory, but other groups see global memory alone. Use an element of a view parameter.")]
    public void RefusedKernel_NamesFileLineRuleAndRemedy(string kernel, string id, string text)
    {
        string line = MarkedLine.Of(typeof(RefusedKernels), kernel, id);

        Assert.All([true, false], isOptimised => Assert.Equal($"{id} RefusedKernels.{kernel} at {line}: {text}", Refuse(kernel, isOptimised).Message));
    }

    [Fact]
    public void ViewOfNothing_IsRefusedByItsSignature() => Assert.Equal(
        "GK0014 RefusedKernels.EmptyElement: uses ArrayView<RefusedKernels.Nothing>, but an element of a view is made of numbers. Take the type apart into numbers.",
        Refuse(nameof(RefusedKernels.EmptyElement), true).Message);

    [Fact]
    public void BarrierInALoopOfALoadedLength_IsAllowedWhereTheViewIsOnlyRead() => CompiledKernels.Compile(
        CompiledKernels.Method(typeof(RefusedKernels), nameof(RefusedKernels.BarrierInLoopOfLoadedLength)));

    [Fact]
    public void UniformBarriers_AreAllowed()
    {
        IrFunction function = CompiledKernels.Compile(CompiledKernels.Method(typeof(RefusedKernels), nameof(RefusedKernels.UniformBarriers)));

        Assert.Equal(2, function.Instructions.Count(one => one.Opcode == IrOpcode.Barrier));
    }

    private static KernelNotSupportedException Refuse(string kernel, bool isOptimised) => Assert.Throws<KernelNotSupportedException>(
        () => CompiledKernels.Compile(CompiledKernels.Method(typeof(RefusedKernels), kernel, isOptimised)));
}
