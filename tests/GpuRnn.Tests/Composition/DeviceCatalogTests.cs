using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.OpenCl;
using GpuRnn.Devices.Sequences;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Composition;

public sealed class DeviceCatalogTests
{
    [Fact]
    public void Open_UnknownName_ListsWhatThereIs()
    {
        DeviceException error = Assert.Throws<DeviceException>(() => DeviceCatalog.Open("cuda:7"));
        DeviceEntry? absent = DeviceCatalog.List().FirstOrDefault(entry => entry.Id == "cuda");
        string why = absent is null ? string.Empty : $" (cuda: {absent.Answer.Reason})";
        Assert.Equal(
            $"DeviceCatalog.Open: device \"cuda:7\" arrived, but this machine has {string.Join(", ", DeviceCatalog.Ids)}{why}. Pass one of these, or auto.",
            error.Message);
        Assert.Contains("cpu", DeviceCatalog.Ids);
    }

    [Theory]
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
    public void Open_Auto_IsAGpuWhereThereIsOneAndElseTheProcessor()
    {
        IReadOnlyList<OpenClDeviceInformation> openCl = OpenClDeviceInformation.List(out _);
        string expected = CudaTestDevice.UnavailableReason is null ? CudaTestDevice.Information.Id : openCl.FirstOrDefault(device =>
            device is { Answer.IsSupported: true, Type: OpenClDeviceType.Gpu or OpenClDeviceType.Accelerator })?.Id ?? "cpu";
        string? before = Environment.GetEnvironmentVariable(DeviceCatalog.Variable);
        Environment.SetEnvironmentVariable(DeviceCatalog.Variable, null);
        try
        {
            using Device device = DeviceCatalog.Open("auto");
            Assert.Equal(expected, device.Id);
            Assert.Equal(expected, DeviceCatalog.Ids[0]);
        }
        finally
        {
            Environment.SetEnvironmentVariable(DeviceCatalog.Variable, before);
        }
    }

    [Fact]
    public void Dispose_OfEveryDevice_GivesTheScratchOfItsExecutorsBack()
    {
        foreach (string id in DeviceCatalog.Ids)
        {
            Device device = DeviceCatalog.Open(id);
            using DeviceBuffer<float> buffer = device.Allocate<float>(3 * 16 * 16);
            RowsView Block(int number) => new(buffer.View.SubView(number * 256, 256), 16);
            device.MatrixExecutor!.Multiply(
                device.DefaultStream, new MatrixProduct { A = Block(0), B = Block(1), C = Block(2), M = 16, N = 16, K = 16 });
            device.DefaultStream.Synchronize();
            int before = device.LiveBufferCount;

            device.Dispose();

            Assert.True(before > 1 || device.MatrixExecutor is not IDisposable, $"{id}: the product keeps no scratch, so this test shows nothing.");
            Assert.Equal(1, device.LiveBufferCount);
        }
    }

    [OpenClFact]
    public void Open_OpenClByName_HasAScheduleAndAProduct()
    {
        string id = OpenClTestDevice.Information.Id;
        using Device device = DeviceCatalog.Open(id.ToUpperInvariant());

        Assert.Equal((id, DeviceKind.OpenCl), (device.Id, device.Kind));
        Assert.Equal("stepwise", device.SequenceExecutors[^1].Name);
        Assert.NotNull(device.MatrixExecutor);
        Assert.NotEmpty(device.Details);
    }

    [OpenClFact]
    public void Open_Auto_ObeysTheVariable()
    {
        string? before = Environment.GetEnvironmentVariable(DeviceCatalog.Variable);
        Environment.SetEnvironmentVariable(DeviceCatalog.Variable, OpenClTestDevice.Information.Id);
        try
        {
            using Device device = DeviceCatalog.Open("auto");
            Assert.Equal(OpenClTestDevice.Information.Id, device.Id);
        }
        finally
        {
            Environment.SetEnvironmentVariable(DeviceCatalog.Variable, before);
        }
    }

    [Fact]
    public void List_EveryEntry_SaysWhyOrWhyNot()
    {
        Assert.Contains(DeviceCatalog.List(), entry => entry is { Id: "cpu", Answer.IsSupported: true });
        Assert.Equal(
            CudaTestDevice.UnavailableReason is null, DeviceCatalog.List().Any(entry => entry is { Kind: DeviceKind.Cuda, Answer.IsSupported: true }));
        Assert.All(DeviceCatalog.List(), entry => Assert.NotEmpty(entry.Answer.Reason));
    }
}
