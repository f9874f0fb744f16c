namespace GpuRnn.Tests.TestSupport;

public sealed class DeviceFactAttributeTests
{
    [Fact]
    public void Skip_DeviceThatIsThere_IsNull() => Assert.Null(new DeviceFactAttribute("cpu").Skip);

    [Fact]
    public void Skip_UnknownDevice_NamesIt() => Assert.Contains("abacus", new DeviceFactAttribute("abacus").Skip, StringComparison.Ordinal);
}
