using GpuRnn.Experiments.Reservoirs;

namespace GpuRnn.Experiments.Tests;

public sealed class MackeyGlassTests
{
    [Fact]
    public void Generate_HalfTheStep_ErrsASixteenth()
    {
        // A method of order four: each halving divides the difference to the next one by 2⁴.
        double[] values = [.. new[] { 10, 20, 40 }.Select(steps => MackeyGlass.Generate(100, 0.9, forgotten: 0, stepsAUnit: steps)[^1])];
        Assert.InRange((values[0] - values[1]) / (values[1] - values[2]), 13.0, 19.0);
        Assert.InRange(Math.Abs(values[0] - values[1]), 0.0, 1e-6);
    }
}
