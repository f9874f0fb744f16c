using GpuRnn.Compiler.Frontend;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Cells.Amendments;
using GpuRnn.Kernels.Cells.JordanFeedbacks;
using GpuRnn.Kernels.Cells.LeakRates;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Linear;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Kernels.Tests;

public sealed class KernelCatalogTests
{
    private static readonly HashSet<string> s_names = [.. KernelCatalog.All.Select(method => KernelEntry.Read(method).Name)];

    [Fact]
    public void All_ReadsAsKernelsWithNamesOfTheirOwn() => Assert.Equal(KernelCatalog.All.Count, s_names.Count);

    [Theory]
    [InlineData("Scale.ByView")]
    [InlineData("MatMulTiled.Forward")]
    [InlineData("Activate.Backward<LeakyReluActivation>")]
    [InlineData("StepNodeForward.Forward<LstmNode>")]
    [InlineData("StepNodeBackward.Backward<ElmanNode<SigmoidActivation>>")]
    [InlineData("StepNodeBackward.Backward<LeakyNode<LearnedLeakRate>>")]
    public void All_HoldsPlainAndGenericKernels(string name) => Assert.Contains(name, s_names);

    [Fact]
    public void All_HoldsEveryNodeAndActivation()
    {
        int activations = Count(typeof(IActivation));
        Assert.Equal(2 * activations, KernelCatalog.All.Count(method => method.DeclaringType == typeof(Activate)));
        int rates = Count(typeof(ILeakRate));
        int feedbacks = Count(typeof(IJordanFeedback));
        Assert.Equal((5, 2, 2), (activations, rates, feedbacks));
        Assert.Equal(
            Count(typeof(IStepNode)) - Count(typeof(IAmendingNode)) + (2 * (activations - 1)) + rates - 1 + (2 * (feedbacks - 1)),
            KernelCatalog.All.Count(method => method.DeclaringType == typeof(StepNodeForward)));
    }

    [Fact]
    public void All_HoldsNoFunctionForTheHost() =>
        Assert.DoesNotContain(KernelCatalog.All, method => method.DeclaringType == typeof(MatMulReference));

    private static int Count(Type needed) =>
        needed.Assembly.GetExportedTypes().Count(type => type.IsValueType && needed.IsAssignableFrom(type));
}
