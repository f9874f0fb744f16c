using GpuRnn.Devices;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Conformance.Tests;

/// <summary>Layers of the suite on every device that is present, on devices of their own.</summary>
public sealed class ConformanceLayersTests(SuiteRun run) : IClassFixture<SuiteRun>
{
    private const int MostForms = 4;

    public static TheoryData<string, string> DevicesAndSubjects => SuiteRun.DevicesAndSubjects(IsLayer);

    // Plain C# has one form.
    public static TheoryData<string> Devices =>
        [.. OpenDevices.Present.Where(device => device.Name != "cpu plain").Select(device => device.Name)];

    /// <summary>Whether a case is a layer's.</summary>
    public static bool IsLayer(ConformanceCase one) => one.Subject.StartsWith("layer ", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(DevicesAndSubjects))]
    public void EverySize_AgreesWithTheReference(string deviceName, string subject) => run.RequireAgreement(deviceName, subject);

    // Kernels take lengths, batches and widths as parameters; only tiles and groups may be built into them.
    [Theory]
    [MemberData(nameof(Devices))]
    public void VariedRun_CompilesEachKernelInFourFormsAtMost(string deviceName)
    {
        ConformanceCase[] layers = [.. SuiteRun.Cases.Where(IsLayer)];
        Assert.True(layers.Select(layer => layer.Sizes).Distinct().Count() > 20, "the run is not varied");
        run.AfterAll(deviceName, layers, device =>
        {
            (string Kernel, int Forms)[] kernels = [.. device.LoadedKernels
                .GroupBy(kernel => (kernel.Entry.Method.DeclaringType, kernel.Entry.Method.Name, NodeOf(kernel)))
                .Select(forms => (forms.Key.ToString(), forms.Sum(form => form.VariantCount)))];

            Assert.NotEmpty(kernels);
            Assert.DoesNotContain(kernels, kernel => kernel.Forms > MostForms);
        });
    }

    // A node is another computation, not another form of one.
    private static Type? NodeOf(LoadedKernel kernel) =>
        kernel.Entry.Method.GetGenericArguments().FirstOrDefault(argument => typeof(IStepNode).IsAssignableFrom(argument));
}
