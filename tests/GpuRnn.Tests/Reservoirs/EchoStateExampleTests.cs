using GpuRnn.Devices;
using GpuRnn.Reservoirs;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Reservoirs;

/// <summary>The example of docs/cells/echo-state.md.</summary>
public sealed class EchoStateExampleTests
{
    [Fact]
    public void Example_Generates_ASine()
    {
        using Device device = TestDevice.Open();

        // <example:EchoState>
        EchoStateOptions options = new()
        {
            InputSize = 0, // driven by its own output alone
            OutputSize = 1,
            ReservoirSize = 50,
            FeedbackScaling = 1.0,
            SpectralRadius = 0.8,
            Ridge = 1e-4,
        };
        using EchoStateNetwork network = new(device, options);
        double[] sine = [.. Enumerable.Range(0, 500).Select(t => 0.5 * Math.Sin(t / 4.0))];
        network.Fit(new ReservoirBatch(400) { Targets = sine[..400] });
        double[] generated = network.FreeRun(new ReservoirBatch(100));
        double largestError = generated.Zip(sine[400..], (y, truth) => Math.Abs(y - truth)).Max();
        // </example:EchoState>

        Assert.InRange(largestError, 0.0, 0.05);
    }
}
