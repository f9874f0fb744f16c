namespace GpuRnn.Data.Audio;

/// <summary>Triangular bands, evenly spaced on a mel scale.</summary>
internal static class MelFilters
{
    private const double HertzAMel = 200.0 / 3.0;
    private const double LinearEnd = 1000.0;
    private const double LogarithmicSteps = 27.0;
    private const double LogarithmicEnd = 6.4;

    /// <summary>The weight of each bin of the power spectrum in each band, [M, K] with K half the transform's points plus one.</summary>
    public static double[,] Create(LogMelOptions options)
    {
        int bins = (options.FftSize / 2) + 1;
        double lowest = ToMel(options.LowestFrequency, options.Scale);
        double highest = ToMel(options.HighestFrequency ?? options.SampleRate / 2.0, options.Scale);
        double[] edges = new double[options.MelCount + 2];
        for (int i = 0; i < edges.Length; i++)
        {
            edges[i] = ToHertz(lowest + ((highest - lowest) * i / (options.MelCount + 1)), options.Scale);
        }

        double[,] weights = new double[options.MelCount, bins];
        for (int mel = 0; mel < options.MelCount; mel++)
        {
            (double left, double middle, double right) = (edges[mel], edges[mel + 1], edges[mel + 2]);
            double peak = options.Scale == MelScale.Slaney ? 2.0 / (right - left) : 1.0;
            for (int bin = 0; bin < bins; bin++)
            {
                double frequency = (double)bin * options.SampleRate / options.FftSize;
                double rise = (frequency - left) / (middle - left);
                double fall = (right - frequency) / (right - middle);
                weights[mel, bin] = peak * Math.Max(0.0, Math.Min(rise, fall));
            }
        }

        return weights;
    }

    private static double ToMel(double hertz, MelScale scale) => scale switch
    {
        MelScale.Htk => 2595.0 * Math.Log10(1.0 + (hertz / 700.0)),
        _ when hertz < LinearEnd => hertz / HertzAMel,
        _ => (LinearEnd / HertzAMel) + (Math.Log(hertz / LinearEnd) * LogarithmicSteps / Math.Log(LogarithmicEnd)),
    };

    private static double ToHertz(double mel, MelScale scale) => scale switch
    {
        MelScale.Htk => 700.0 * (Math.Pow(10.0, mel / 2595.0) - 1.0),
        _ when mel < LinearEnd / HertzAMel => mel * HertzAMel,
        _ => LinearEnd * Math.Exp((mel - (LinearEnd / HertzAMel)) * Math.Log(LogarithmicEnd) / LogarithmicSteps),
    };
}
