using GpuRnn.Compiler.Frontend;
using GpuRnn.Conformance.Kernels;
using GpuRnn.Kernels;

namespace GpuRnn.Conformance.Tests;

/// <summary>Kernels and operations of the suite on every device that is present.</summary>
public sealed class ConformanceSuiteTests(SuiteRun run) : IClassFixture<SuiteRun>
{
    public static TheoryData<string, string> DevicesAndSubjects => SuiteRun.DevicesAndSubjects(one => !ConformanceLayersTests.IsLayer(one));

    [Theory]
    [MemberData(nameof(DevicesAndSubjects))]
    public void EverySize_AgreesWithTheReference(string deviceName, string subject) => run.RequireAgreement(deviceName, subject);

    [Fact]
    public void Cases_HoldEveryKernel()
    {
        IEnumerable<string> without = KernelCatalog.All
            .Except(SuiteRun.Cases.OfType<KernelCase>().Select(one => one.Kernel))
            .Select(kernel => KernelEntry.Read(kernel).Name);

        Assert.Empty(without);
    }

    [Fact]
    public void Cases_AllHaveNamesOfTheirOwn()
    {
        Assert.Empty(SuiteRun.Cases.GroupBy(one => one.ToString()).Where(group => group.Count() > 1).Select(group => group.Key));
    }
}
