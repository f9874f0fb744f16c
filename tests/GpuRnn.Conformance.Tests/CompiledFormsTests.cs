using GpuRnn.Devices;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Conformance.Tests;

/// <summary>Kernels take lengths, batches and widths as parameters; only tiles and groups may be built into them.</summary>
public sealed class CompiledFormsTests
{
    private const int MostForms = 4;

    // Plain C# has one form.
    public static TheoryData<string> Devices =>
        [.. OpenDevices.Present.Where(device => device.Name != "cpu plain").Select(device => device.Name)];

    [Theory]
    [MemberData(nameof(Devices))]
    public void VariedRun_CompilesEachKernelInFourFormsAtMost(string deviceName)
    {
        using Device device = OpenDevices.Present.First(device => device.Name == deviceName).Open();
        ConformanceCase[] layers = [.. ConformanceSuite.Cases().Where(one => one.Subject.StartsWith("layer ", StringComparison.Ordinal))];
        foreach (ConformanceCase layer in layers)
        {
            layer.Run(device);
        }

        (string Kernel, int Forms)[] kernels = [.. device.LoadedKernels
            .GroupBy(kernel => (kernel.Entry.Method.DeclaringType, kernel.Entry.Method.Name, NodeOf(kernel)))
            .Select(forms => (forms.Key.ToString(), forms.Sum(form => form.VariantCount)))];

        Assert.True(layers.Select(layer => layer.Sizes).Distinct().Count() > 20, "the run is not varied");
        Assert.NotEmpty(kernels);
        Assert.DoesNotContain(kernels, kernel => kernel.Forms > MostForms);
    }

    // A node is another computation, not another form of one.
    private static Type? NodeOf(LoadedKernel kernel) =>
        kernel.Entry.Method.GetGenericArguments().FirstOrDefault(argument => typeof(IStepNode).IsAssignableFrom(argument));
}
