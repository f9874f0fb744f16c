using GpuRnn.Compiler.Frontend;
using GpuRnn.Conformance.Kernels;
using GpuRnn.Devices;
using GpuRnn.Kernels;

namespace GpuRnn.Conformance.Tests;

/// <summary>The whole suite on every device that is present.</summary>
public sealed class ConformanceSuiteTests : IClassFixture<OpenDevices>
{
    private static readonly ConformanceCase[] s_cases = [.. ConformanceSuite.Cases()];

    private readonly OpenDevices _devices;

    public ConformanceSuiteTests(OpenDevices devices)
    {
        _devices = devices;
    }

    public static TheoryData<string, string> DevicesAndSubjects
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (ConformanceDevice device in OpenDevices.Present)
            {
                foreach (string subject in s_cases.Select(one => one.Subject).Distinct())
                {
                    data.Add(device.Name, subject);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(DevicesAndSubjects))]
    public void EverySize_AgreesWithTheReference(string deviceName, string subject)
    {
        List<string> failures = [];
        _devices.Use(deviceName, device =>
        {
            foreach (ConformanceCase one in s_cases.Where(one => one.Subject == subject))
            {
                if (one.Supports(device).IsSupported)
                {
                    failures.AddRange(one.Run(device).Failures.Select(failure => $"{one}: {failure}"));
                }
                else
                {
                    // Refused by the device as well, or the suite would leave out what it could run; and for a reason that is not the compiler's fault.
                    KernelEntry entry = KernelEntry.Read(((KernelCase)one).Kernel);
                    SupportAnswer answer = device.Supports(entry);
                    Assert.False(answer.IsSupported);
                    Assert.True(entry.IsCooperative || (device.Kind == DeviceKind.Cuda && answer.Reason.StartsWith("GK0029", StringComparison.Ordinal)), $"{one}: {answer}");
                }
            }
        });

        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }

    [Fact]
    public void Cases_HoldEveryKernel()
    {
        IEnumerable<string> without = KernelCatalog.All
            .Except(s_cases.OfType<KernelCase>().Select(one => one.Kernel))
            .Select(kernel => KernelEntry.Read(kernel).Name);

        Assert.Empty(without);
    }

    [Fact]
    public void Cases_AllHaveNamesOfTheirOwn()
    {
        Assert.Empty(s_cases.GroupBy(one => one.ToString()).Where(group => group.Count() > 1).Select(group => group.Key));
    }
}
