using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Profiles;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Persistent;

namespace GpuRnn.Tests.Scheduling.Persistent;

/// <summary>What the table finds for GPUs that are not here.</summary>
public sealed class BlockTableTests
{
    /// <summary>GPU, cell, H, B, whether the weights fit, as arithmetic with 4 bytes a weight says.</summary>
    [Theory]
    [InlineData("h200", "lstm", 512, 32, true)]
    [InlineData("h200", "lstm", 1024, 32, true)]
    [InlineData("h200", "lstm", 256, 16, true)]
    [InlineData("h200", "lstm", 768, 16, true)]
    [InlineData("h200", "lstm", 128, 16, true)]
    [InlineData("h200", "gru", 1024, 32, true)]
    [InlineData("h200", "lstm", 2048, 32, false)]
    [InlineData("a100", "lstm", 512, 32, true)]
    [InlineData("a100", "lstm", 1024, 32, false)]
    [InlineData("rtx4090", "lstm", 512, 32, true)]
    [InlineData("t4", "lstm", 256, 16, true)]
    [InlineData("t4", "lstm", 512, 32, false)]
    public void Persistent_OnAKnownGpu_IsTakenWhereTheWeightsFit(string gpu, string cell, int hidden, int batch, bool fits)
    {
        using Device device = DeviceCatalog.OpenProfile(gpu);
        SequenceLoopRequest request = new(Cells.Parse(cell).BuildGraph(8, hidden), SequenceLayout.Full(4, batch), false, true);

        SupportAnswer answer = device.SequenceExecutors[0].Supports(request);

        Assert.True(fits == answer.IsSupported, answer.Reason);
        Assert.Contains("KiB of recurrent weights", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void SingleBlock_WhereGroupsDoNotRunTogether_StillFits()
    {
        DeviceProfile profile = new(8, 32, null, null, null, 1 << 30) { Groups = new GroupLimits(256, 64 << 10, null, RunsTogether: false) };
        using ProfileDevice device = new(new GpuProfile("limited", "limited", "sm_80", profile));
        SequenceLoopRequest Request(int hidden) =>
            new(Cells.Parse("lstm").BuildGraph(8, hidden), SequenceLayout.Full(4, 16), false, false);

        Assert.True(BlockSequenceExecutor.SingleBlock(device).Supports(Request(48)).IsSupported);
        Assert.False(BlockSequenceExecutor.SingleBlock(device).Supports(Request(128)).IsSupported);
        Assert.Equal(
            "groups of a launch need not run at the same time here, so none may wait for another",
            BlockSequenceExecutor.Persistent(device).Supports(Request(48)).Reason);
    }

    [Fact]
    public void Supports_OtherPrecisionOrCell_SaysWhy()
    {
        using Device device = DeviceCatalog.OpenProfile("h200");
        ISequenceExecutor executor = device.SequenceExecutors[0];
        SequenceLayout layout = SequenceLayout.Full(4, 16);

        Assert.Equal(
            "a step is 4 nodes, and the persistent kernel is one product and one pointwise node behind it",
            executor.Supports(new SequenceLoopRequest(Cells.Parse("gru-reset-before").BuildGraph(8, 16), layout, false, false)).Reason);
        SequenceLoopRequest rounded = new(Cells.Lstm.BuildGraph(8, 16), layout, false, false) { Precision = ProductPrecision.BFloat16 };
        Assert.Equal(
            "BFloat16 was asked for, and a block that holds all units multiplies in single precision", BlockSequenceExecutor.SingleBlock(device).Supports(rounded).Reason);
        using Device old = DeviceCatalog.OpenProfile("t4");
        Assert.Contains("sm_80", old.SequenceExecutors[0].Supports(rounded).Reason, StringComparison.Ordinal);
    }

    /// <summary>GPU, precision, H, B, whether the weights of a training step fit: 4 bytes a weight of TF32, 2 of bfloat16.</summary>
    [Theory]
    [InlineData("h200", ProductPrecision.TensorFloat32, 512, 32, true)]
    [InlineData("h200", ProductPrecision.TensorFloat32, 1024, 32, true)]
    [InlineData("h200", ProductPrecision.BFloat16, 1024, 32, true)]
    [InlineData("h200", ProductPrecision.TensorFloat32, 2048, 32, false)]
    [InlineData("a100", ProductPrecision.TensorFloat32, 512, 32, true)]
    [InlineData("a100", ProductPrecision.TensorFloat32, 1024, 32, false)]
    [InlineData("a100", ProductPrecision.BFloat16, 1024, 32, false)]
    [InlineData("a100", ProductPrecision.BFloat16, 1024, 16, true)]
    public void Persistent_OfRoundedFactors_IsTakenWhereTheWeightsFit(string gpu, ProductPrecision precision, int hidden, int batch, bool fits)
    {
        using Device device = DeviceCatalog.OpenProfile(gpu);
        SequenceLoopRequest request = new(Cells.Lstm.BuildGraph(8, hidden), SequenceLayout.Full(4, batch), false, true) { Precision = precision };

        SupportAnswer answer = device.SequenceExecutors[0].Supports(request);

        Assert.True(fits == answer.IsSupported, answer.Reason);
        Assert.Contains("KiB of recurrent weights", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Profile_ReadFromTheHost_Throws()
    {
        using ProfileDevice device = new(GpuProfile.Parse("t4"));
        using DeviceBuffer<float> buffer = device.Allocate<float>(4);

        Assert.Equal(
            "ProfileDevice: a copy to the host arrived, but a profile holds no memory. Open the device itself.",
            Assert.Throws<DeviceException>(() => buffer.CopyTo(new float[4])).Message);
    }
}
