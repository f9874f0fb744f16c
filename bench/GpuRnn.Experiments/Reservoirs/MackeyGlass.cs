namespace GpuRnn.Experiments.Reservoirs;

/// <summary>The chaotic equation of Mackey and Glass (1977): dx/dt = 0.2 x(t − τ) / (1 + x(t − τ)¹⁰) − 0.1 x(t), with τ = 17.</summary>
/// <remarks>
/// Integrated in double precision by the classical method of Runge and Kutta in steps of a tenth. Between two steps the past is a cubic through
/// values and slopes at both, so that every stage has the method's own order; x is sampled at every whole unit of time.
/// </remarks>
internal static class MackeyGlass
{
    /// <summary>Integration steps a unit of time.</summary>
    public const int StepsAUnit = 10;

    private const int Delay = 17;

    /// <summary>x at whole units of time, after the start has been forgotten.</summary>
    /// <param name="count">Values.</param>
    /// <param name="start">The constant past, within 0.5 to 1.5; neighbouring starts soon part.</param>
    /// <param name="forgotten">Units of time before the first value.</param>
    /// <param name="stepsAUnit">Integration steps a unit of time; tests halve the step.</param>
    public static double[] Generate(int count, double start, int forgotten = 1000, int stepsAUnit = StepsAUnit)
    {
        int delay = Delay * stepsAUnit;
        int steps = (forgotten + count) * stepsAUnit;
        double h = 1.0 / stepsAUnit;
        double[] x = new double[delay + steps + 1];
        double[] slope = new double[x.Length];
        Array.Fill(x, start, 0, delay + 1);
        slope[delay] = Slope(start, start);
        for (int i = delay; i < delay + steps; i++)
        {
            // The constant past has no slope, and the series begins with a kink.
            double middle = i < 2 * delay ? start : Between(x, slope, i - delay, h);
            double k1 = slope[i];
            double k2 = Slope(x[i] + (0.5 * h * k1), middle);
            double k3 = Slope(x[i] + (0.5 * h * k2), middle);
            double k4 = Slope(x[i] + (h * k3), x[i - delay + 1]);
            x[i + 1] = x[i] + (h / 6.0 * (k1 + (2.0 * k2) + (2.0 * k3) + k4));
            slope[i + 1] = Slope(x[i + 1], x[i + 1 - delay]);
        }

        return [.. Enumerable.Range(0, count).Select(t => x[delay + ((forgotten + t) * stepsAUnit)])];
    }

    private static double Slope(double present, double past)
    {
        return (0.2 * past / (1.0 + Math.Pow(past, 10.0))) - (0.1 * present);
    }

    // Hermite's cubic halfway between i and i + 1.
    private static double Between(double[] x, double[] slope, int i, double h)
    {
        return (0.5 * (x[i] + x[i + 1])) + (h / 8.0 * (slope[i] - slope[i + 1]));
    }
}
