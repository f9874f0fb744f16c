using GpuRnn.Tensors;

namespace GpuRnn.Data.Audio;

/// <summary>What is done with the features of a sound before a model reads them.</summary>
public static class AudioFeatures
{
    /// <summary>Gives each coefficient a mean of 0 and a variance of 1 over the frames of this sound, in place; one that never changes becomes 0.</summary>
    /// <param name="features">[frames, width].</param>
    /// <param name="width">Coefficients of a frame.</param>
    /// <exception cref="ArgumentException">The width does not divide the features.</exception>
    public static void Normalise(Span<float> features, int width)
    {
        int frames = FrameCount(features.Length, width, "AudioFeatures.Normalise");
        for (int column = 0; column < width; column++)
        {
            double sum = 0.0;
            for (int i = column; i < features.Length; i += width)
            {
                sum += features[i];
            }

            double mean = sum / frames;
            double squares = 0.0;
            for (int i = column; i < features.Length; i += width)
            {
                squares += (features[i] - mean) * (features[i] - mean);
            }

            double scale = squares > 0.0 ? 1.0 / Math.Sqrt(squares / frames) : 0.0;
            for (int i = column; i < features.Length; i += width)
            {
                features[i] = (float)((features[i] - mean) * scale);
            }
        }
    }

    /// <summary>Puts beside each coefficient how it changes over time: Σ_n n (c(t+n) − c(t−n)) / (2 Σ_n n²), n = 1 to reach (Furui 1986).</summary>
    /// <param name="features">[frames, width].</param>
    /// <param name="width">Coefficients of a frame.</param>
    /// <param name="reach">Frames to each side, at least 1; beyond an end stands the end itself.</param>
    /// <returns>[frames, 2 width]: the coefficients, then their deltas.</returns>
    /// <exception cref="ArgumentException">The width does not divide the features, or the reach is below 1.</exception>
    public static float[] WithDeltas(ReadOnlySpan<float> features, int width, int reach = 2)
    {
        int frames = FrameCount(features.Length, width, "AudioFeatures.WithDeltas");
        ArgumentCheck.AtLeast(reach, 1, "AudioFeatures.WithDeltas", nameof(reach), "the frames to each side");
        double divisor = 2.0 * Enumerable.Range(1, reach).Sum(n => (double)n * n);
        float[] result = new float[2 * features.Length];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int column = 0; column < width; column++)
            {
                double sum = 0.0;
                for (int n = 1; n <= reach; n++)
                {
                    double after = features[(Math.Min(frames - 1, frame + n) * width) + column];
                    double before = features[(Math.Max(0, frame - n) * width) + column];
                    sum += n * (after - before);
                }

                result[(frame * 2 * width) + column] = features[(frame * width) + column];
                result[(((frame * 2) + 1) * width) + column] = (float)(sum / divisor);
            }
        }

        return result;
    }

    private static int FrameCount(int length, int width, string where)
    {
        ArgumentCheck.AtLeast(width, 1, where, nameof(width), "the coefficients of a frame");
        return length % width == 0
            ? length / width
            : throw new ArgumentException($"{where}: {length} features arrived, which width {width} does not divide. Pass {width} for each frame.", nameof(width));
    }
}
