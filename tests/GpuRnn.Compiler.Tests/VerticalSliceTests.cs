using System.Reflection;
using GpuRnn.Bench;
using GpuRnn.KernelModel;
using GpuRnn.Testing;
using static GpuRnn.Compiler.Tests.KernelInputs;

namespace GpuRnn.Compiler.Tests;

/// <summary>One fused LSTM step from C# to every text (docs/decisions/0009-vertical-slice.md).</summary>
public sealed class VerticalSliceTests
{
    private static readonly MethodInfo s_step = CompiledKernels.Method(typeof(LstmTileStep), nameof(LstmTileStep.Forward));

    /// <summary>One row and unit more than a group has, and one k more than a tile.</summary>
    [OpenClFact]
    public void Step_OnOpenClAndAsPtx_HasTheBitsOfPlainCSharp()
    {
        const int Width = 17;
        const int Rows = LstmTileStep.Rows + 1;
        GroupComparison.Run(
            s_step, new KernelConfig(new Index3D(2, 2, 1), new Index3D(LstmTileStep.Units, LstmTileStep.RowThreads, 1)),
            Numbers(4 * Width * Width, 1, 1.0), Numbers(Rows * 4 * Width, 2, 1.0), Numbers(Rows * Width, 3, 1.0), Numbers(Rows * Width, 4, 1.0),
            new float[Rows * Width], new float[Rows * Width], Width, Rows);
    }

    [PtxasTheory]
    [InlineData("sm_70")]
    [InlineData("sm_80")]
    [InlineData("sm_90")]
    public void Step_AsPtx_KeepsItsTileInRegisters(string architecture)
    {
        string text = KernelCompiler.ToPtx(s_step, architecture);
        PtxasResult result = Assert.Single(Ptxas.Assemble(text, architecture));

        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (result.StackBytes, result.SpillStoreBytes, result.SpillLoadBytes));

        // Between its two barriers a thread adds to 16 sums, in a loop over the tiles, and writes nothing.
        string product = text.Split("bar.sync")[1];
        Assert.Equal(16, product.Split("fma.rn.f32").Length - 1);
        Assert.DoesNotContain(" st.", product, StringComparison.Ordinal);
    }
}
