namespace GpuRnn.Accuracy;

/// <summary>How far one element may lie from its expected value: <c>Absolute + Relative * max(1, |expected|)</c>.</summary>
/// <param name="Name">Where the bound comes from; printed with a failure.</param>
/// <param name="Absolute">The part that does not grow with the value.</param>
/// <param name="Relative">The factor of max(1, |expected|).</param>
public readonly record struct ToleranceSpec(string Name, double Absolute, double Relative)
{
    /// <summary>The largest error permitted at this expected value; 0 for NaN and the infinities.</summary>
    public double Allowed(double expected) => double.IsFinite(expected) ? Absolute + (Relative * Math.Max(1.0, Math.Abs(expected))) : 0.0;

    /// <summary>The largest error permitted at each of the expected values.</summary>
    public double[] Allowed(ReadOnlySpan<double> expected)
    {
        double[] allowed = new double[expected.Length];
        for (int i = 0; i < allowed.Length; i++)
        {
            allowed[i] = Allowed(expected[i]);
        }

        return allowed;
    }
}
