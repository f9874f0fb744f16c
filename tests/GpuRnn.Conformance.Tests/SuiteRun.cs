using GpuRnn.Compiler.Frontend;
using GpuRnn.Conformance.Kernels;
using GpuRnn.Devices;

namespace GpuRnn.Conformance.Tests;

/// <summary>A part of the suite on devices that its tests share; a subject runs once on each, whichever test asks first.</summary>
public sealed class SuiteRun : IDisposable
{
    private readonly OpenDevices _devices = new();
    private readonly Dictionary<(string Device, string Subject), IReadOnlyList<string>> _failures = [];

    /// <summary>Every case of a usual run.</summary>
    public static IReadOnlyList<ConformanceCase> Cases { get; } = [.. ConformanceSuite.Cases()];

    /// <summary>Every device that is present, with every subject of which <paramref name="isWanted"/> holds for the cases.</summary>
    public static TheoryData<string, string> DevicesAndSubjects(Func<ConformanceCase, bool> isWanted)
    {
        TheoryData<string, string> data = [];
        foreach (ConformanceDevice device in OpenDevices.Present)
        {
            foreach (string subject in Cases.Where(isWanted).Select(one => one.Subject).Distinct())
            {
                data.Add(device.Name, subject);
            }
        }

        return data;
    }

    /// <summary>Runs all sizes of a subject; fails with every disagreement.</summary>
    public void RequireAgreement(string deviceName, string subject)
    {
        IReadOnlyList<string> failures = [];
        _devices.Use(deviceName, device => failures = FailuresOf(device, deviceName, subject));
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }

    /// <summary>Runs what of the given cases has not run on the device yet, then looks at the device.</summary>
    public void AfterAll(string deviceName, IEnumerable<ConformanceCase> cases, Action<Device> look) => _devices.Use(deviceName, device =>
    {
        foreach (string subject in cases.Select(one => one.Subject).Distinct())
        {
            FailuresOf(device, deviceName, subject);
        }

        look(device);
    });

    public void Dispose() => _devices.Dispose();

    private IReadOnlyList<string> FailuresOf(Device device, string deviceName, string subject)
    {
        if (!_failures.TryGetValue((deviceName, subject), out IReadOnlyList<string>? failures))
        {
            failures = [.. Cases.Where(one => one.Subject == subject).SelectMany(one => Run(one, device))];
            _failures.Add((deviceName, subject), failures);
        }

        return failures;
    }

    private static IEnumerable<string> Run(ConformanceCase one, Device device)
    {
        if (one.Supports(device).IsSupported)
        {
            return one.Run(device).Failures.Select(failure => $"{one}: {failure}");
        }

        // Refused by the device as well, or the suite would leave out what it could run; and for a reason that is not the compiler's fault.
        KernelEntry entry = KernelEntry.Read(((KernelCase)one).Kernel);
        SupportAnswer answer = device.Supports(entry);
        Assert.False(answer.IsSupported);
        Assert.True(entry.IsCooperative || (device.Kind == DeviceKind.Cuda && answer.Reason.StartsWith("GK0029", StringComparison.Ordinal)), $"{one}: {answer}");
        return [];
    }
}
