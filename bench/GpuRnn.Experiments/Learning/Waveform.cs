using GpuRnn.Tensors;

namespace GpuRnn.Experiments.Learning;

/// <summary>A waveform with structure from 8 steps to its whole length.</summary>
internal static class Waveform
{
    private const int Sines = 6;
    private const int ShortestPeriod = 8;

    /// <summary>A sum of sines whose periods are drawn evenly on a logarithmic scale, scaled to lie within ±1.</summary>
    public static float[] Draw(RandomSource random, int length)
    {
        double[] sum = new double[length];
        for (int sine = 0; sine < Sines; sine++)
        {
            double period = ShortestPeriod * Math.Pow((double)length / ShortestPeriod, (sine + random.NextSingle()) / Sines);
            double phase = 2.0 * Math.PI * random.NextSingle();
            double amplitude = 0.5 + (0.5 * random.NextSingle());
            for (int step = 0; step < length; step++)
            {
                sum[step] += amplitude * Math.Sin((2.0 * Math.PI * step / period) + phase);
            }
        }

        double largest = sum.Max(value => Math.Abs(value));
        return [.. sum.Select(value => (float)(value / largest))];
    }

    /// <summary>The mean squared distance from the mean.</summary>
    public static double Variance(float[] values)
    {
        double mean = values.Average(value => (double)value);
        return values.Average(value => (value - mean) * (value - mean));
    }
}
