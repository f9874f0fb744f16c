using System.Reflection;
using GpuRnn.Compiler.Backends.Cpu;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.KernelModel;
using static GpuRnn.Compiler.Tests.KernelInputs;

namespace GpuRnn.Compiler.Tests;

/// <summary>Neighbouring work-items in the lanes of vectors: the bits of plain C#, and that the kernels which shall run so do.</summary>
public sealed class LaneTests
{
    private const int Length = 67;
    private const int Count = 19;

    // Everything that a training step runs on the processor besides its products.
    private static readonly string[] s_inVectors =
    [
        "Activate.Backward<TanhActivation>", "Activate.Forward<SigmoidActivation>", "Activate.Forward<TanhActivation>", "Add.Forward",
        "AddScaled.Forward", "ColumnSums.Partial", "Dropout.Forward", "MatMulNaive.Forward", "MatMulTiled.Forward", "OptimizerUpdate.Update<AdamRule<F32>>", "RowSoftmax.Forward", "Scale.Forward",
        "ElementLoss.Forward<SquaredError>", "SoftmaxCrossEntropy.Forward<F32>", "StepNodeBackward.Backward<GruNode>", "StepNodeBackward.Backward<LstmNode>",
        "StepNodeForward.Forward<GruNode>", "StepNodeForward.Forward<LstmNode>", "Sum.Partial", "Sum.PartialOfSquares",
    ];

    /// <summary>The kernels that run in vectors for every launch.</summary>
    public static TheoryData<string> InVectors => [.. s_inVectors];

    [Theory]
    [MemberData(nameof(InVectors))]
    public void Kernel_RunsInVectors(string name) => Assert.All(
        Plans(CompiledKernels.All[name]), plan => Assert.True(plan.Obstacle is null or "it computes nothing that differs between neighbouring work-items", plan.Obstacle));

    [Theory]
    [InlineData("AddBias.Forward")]
    [InlineData("CopyRows.Accumulate")]
    [InlineData("CopyRows.Forward")]
    [InlineData("GatherRows.Forward")]
    [InlineData("ScatterRows.Forward")]
    public void KernelOverRows_RunsInVectors_WhereARowIsAVectorLong(string name) =>
        Assert.All(CpuCode.Compile(KernelEntry.Read(CompiledKernels.All[name])).Rows!.Plans, plan => Assert.Null(plan.Obstacle));

    [Theory]
    [InlineData(nameof(LaneKernels.Ways))]
    [InlineData(nameof(LaneKernels.Rounds))]
    [InlineData(nameof(LaneKernels.Together))]
    [InlineData(nameof(LaneKernels.Wide))]
    [InlineData(nameof(LaneKernels.ByLane))]
    public void Lanes_HaveTheBitsOfPlainCSharp(string name)
    {
        MethodInfo method = CompiledKernels.Method(typeof(LaneKernels), name);

        Compare(method, Length, Integers(Length), new int[Length], new long[Length * Count], Count);

        // A quotient of most lanes alone may cost more than it saves; what is compared must be vectors.
        Assert.All(Plans(method), plan => Assert.Null(plan.Obstacle));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Steps_OfAnArgument_HaveTheBitsOfPlainCSharp(int step) => Compare(
        CompiledKernels.Method(typeof(LaneKernels), nameof(LaneKernels.Strided)), Length, Integers(Length * step), new int[Length * step], new long[Length * step], Count, step);

    [Theory]
    [InlineData(5, 7)]
    [InlineData(1, 33)]
    [InlineData(35, 1)]
    [InlineData(19, 3)]
    public void KeptValues_InRowsThatAreNoVectors_HaveTheBitsOfPlainCSharp(int x, int y)
    {
        MethodInfo method = CompiledKernels.Method(typeof(LaneKernels), nameof(LaneKernels.Kept));
        KernelConfig config = new(new Index3D(2, 1, 1), new Index3D(x, y, 1));
        object[] arguments = [Integers(2 * x * y), new int[2 * x * y], new long[2 * x * y]];
        object[] expected = GroupComparison.Copy(arguments);
        GroupComparison.RunPlain(method, config, expected);

        CpuComparison.Groups(method, config, arguments, expected);
    }

    [Fact]
    public void OwnVector_KeptAcrossABarrier_HasTheBitsOfPlainCSharp()
    {
        MethodInfo method = CompiledKernels.Method(typeof(LaneKernels), nameof(LaneKernels.KeptVector));
        KernelConfig config = new(1, 8);
        object[] arguments = [Numbers(64, 3, 4.0), new float[64]];
        object[] expected = GroupComparison.Copy(arguments);
        GroupComparison.RunPlain(method, config, expected);

        CpuComparison.Groups(method, config, arguments, expected);
    }

    private static IEnumerable<VectorPlan> Plans(MethodInfo method)
    {
        (CpuCode whole, CpuCode? rows) = CpuCode.Compile(KernelEntry.Read(method));
        return rows is null ? whole.Plans : [.. whole.Plans, .. rows.Plans];
    }

    private static int[] Integers(int length)
    {
        Random random = new(21);
        return [.. Enumerable.Range(0, length).Select(i => i % 4 == 1 ? random.Next(-20, 20) : random.Next(int.MinValue, int.MaxValue))];
    }

    private static void Compare(MethodInfo method, int extent, params object[] arguments)
    {
        object[] expected = GroupComparison.Copy(arguments);
        KernelComparison.RunPlain(method, extent, expected);
        CpuComparison.Indices(method, extent, arguments, expected);
    }
}
