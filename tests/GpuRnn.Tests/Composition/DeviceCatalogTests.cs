using GpuRnn.Composition;
using GpuRnn.Devices;

namespace GpuRnn.Tests.Composition;

public sealed class DeviceCatalogTests
{
    [Fact]
    public void Open_UnknownName_ListsWhatThereIs()
    {
        DeviceException error = Assert.Throws<DeviceException>(() => DeviceCatalog.Open("cuda:7"));
        Assert.Equal("DeviceCatalog.Open: device \"cuda:7\" arrived, but this machine has cpu. Pass one of these, or auto.", error.Message);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("cpu")]
    [InlineData("CPU")]
    public void Open_NameOfTheProcessor_OpensIt(string id)
    {
        using Device device = DeviceCatalog.Open(id);
        Assert.Equal("cpu", device.Id);
    }

    [Fact]
    public void Open_Cpu_HasFastExecutorsFirstAndThePlainOneLast()
    {
        using Device device = DeviceCatalog.Open("CPU");
        Assert.Equal(["persistent", "stepwise"], device.SequenceExecutors.Select(executor => executor.Name));
        Assert.NotNull(device.MatrixExecutor);
    }

    [Fact]
    public void List_EveryEntry_SaysWhyOrWhyNot()
    {
        Assert.Contains(DeviceCatalog.List(), entry => entry is { Id: "cpu", Answer.IsSupported: true });
        Assert.Contains(DeviceCatalog.List(), entry => entry is { Id: "cuda", Answer.IsSupported: false });
        Assert.All(DeviceCatalog.List(), entry => Assert.NotEmpty(entry.Answer.Reason));
    }
}
