using System.Reflection;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Tests;

/// <summary>Every kernel of the product through the whole compiler.</summary>
public sealed class KernelSetTests
{
    /// <summary>The kernels' names, for theories.</summary>
    public static TheoryData<string> Names => [.. CompiledKernels.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryKernel_VerifiesAfterEachPassAndKeepsNoVariable(string name)
    {
        MethodInfo method = CompiledKernels.All[name];
        IrFunction function = CompiledKernels.Compile(method);

        Assert.NotEmpty(function.Instructions);
        Assert.DoesNotContain(function.Instructions, one => one.Opcode is IrOpcode.Alloca or IrOpcode.LeafAddress);
        Assert.Contains(function.Instructions, one => one.Opcode == IrOpcode.Store);
    }

    [Fact]
    public void EveryKernel_BuiltWithoutOptimisation_CompilesAndVerifies()
    {
        Type catalogue = Assembly.Load("GpuRnn.Compiler.Tests.Unoptimised").GetType("GpuRnn.Kernels.KernelCatalog", true)!;
        IReadOnlyList<MethodInfo> all = (IReadOnlyList<MethodInfo>)catalogue.GetProperty("All")!.GetValue(null)!;

        // The assembly also holds the kernels of the tests.
        MethodInfo[] kernels = [.. all.Where(kernel => kernel.DeclaringType!.Namespace!.StartsWith("GpuRnn.Kernels", StringComparison.Ordinal))];
        Assert.Equal(CompiledKernels.All.Count, kernels.Length);
        foreach (MethodInfo kernel in kernels)
        {
            CompiledKernels.Compile(kernel);
        }
    }

    [Fact]
    public void KernelSet_IsNotEmpty() => Assert.True(CompiledKernels.All.Count >= 40, $"only {CompiledKernels.All.Count} kernels were found.");
}
