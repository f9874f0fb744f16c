using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Data.Audio;

/// <summary>Turns sound into logarithms of mel bands, frame by frame: the usual front end of speech models.</summary>
/// <remarks>
/// ln max(floor, Σ_k w(m, k) |X(k)|²) with X the discrete Fourier transform of a frame under a periodic Hann window and w as
/// <see cref="MelScale"/> says. The transform is a product with the window times its cosines and sines, and the bands are a second product:
/// on the frames of many sounds at once this costs less than it takes to read them. Not thread-safe.
/// </remarks>
public sealed class LogMel : IDisposable
{
    // 8192 frames under 258 cosines and sines take 8 MB.
    private const int FramesAPass = 8192;

    private readonly Tensor _transform;
    private readonly Tensor _bands;
    private readonly Tape _tape;
    private readonly float[] _frames;

    /// <summary>Computes window, transform and bands in double precision and puts them on the device.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="options">How to cut.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or a band is so narrow that it holds no bin.</exception>
    public LogMel(Device device, LogMelOptions options)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        Require(options);
        Options = options;
        int bins = (options.FftSize / 2) + 1;
        _transform = Tensor.FromArray(device, Transform(options, bins), 2 * bins, options.FrameLength);
        _bands = Tensor.FromArray(device, Bands(options, bins), options.MelCount, 2 * bins);
        _tape = Tape.Inference(device);
        _frames = new float[FramesAPass * options.FrameLength];
    }

    /// <summary>How sound is cut.</summary>
    public LogMelOptions Options { get; }

    /// <summary>Frames of a sound: whole ones, but one, filled up with zeros, of a sound that is shorter than a frame; none of an empty one.</summary>
    public int FrameCount(int sampleCount)
    {
        return sampleCount >= Options.FrameLength
            ? 1 + ((sampleCount - Options.FrameLength) / Options.HopLength)
            : Math.Min(1, Math.Max(0, sampleCount));
    }

    /// <summary>The features of one sound.</summary>
    /// <returns>[frames, M].</returns>
    public float[] Compute(float[] samples)
    {
        return Compute([samples])[0];
    }

    /// <summary>The features of many sounds, which is faster than one after the other.</summary>
    /// <param name="sounds">The samples of each, in one channel, at the sample rate of the options.</param>
    /// <returns>For each sound [frames, M].</returns>
    public float[][] Compute(IReadOnlyList<float[]> sounds)
    {
        ArgumentNullException.ThrowIfNull(sounds);
        float[][] results = [.. sounds.Select(samples => new float[FrameCount(samples.Length) * Options.MelCount])];
        List<(int Sound, int Frame)> waiting = [];
        for (int sound = 0; sound < sounds.Count; sound++)
        {
            for (int frame = 0; frame * Options.MelCount < results[sound].Length; frame++)
            {
                Cut(sounds[sound], frame, waiting.Count);
                waiting.Add((sound, frame));
                if (waiting.Count == FramesAPass)
                {
                    Run(waiting, results);
                }
            }
        }

        Run(waiting, results);
        return results;
    }

    /// <summary>Frees its memory on the device.</summary>
    public void Dispose()
    {
        _tape.Dispose();
        _transform.Dispose();
        _bands.Dispose();
    }

    private void Cut(float[] samples, int frame, int place)
    {
        Span<float> target = _frames.AsSpan(place * Options.FrameLength, Options.FrameLength);
        ReadOnlySpan<float> source = samples.AsSpan(frame * Options.HopLength);
        int count = Math.Min(source.Length, target.Length);
        source[..count].CopyTo(target);
        target[count..].Clear();
    }

    private void Run(List<(int Sound, int Frame)> waiting, float[][] results)
    {
        if (waiting.Count == 0)
        {
            return;
        }

        Tensor frames = _tape.Input(_frames.AsSpan(0, waiting.Count * Options.FrameLength), waiting.Count, Options.FrameLength);
        Tensor spectrum = Linear.Forward(_tape, frames, _transform);
        float[] bands = Linear.Forward(_tape, Multiply.Forward(_tape, spectrum, spectrum), _bands).ToArray();
        _tape.Reset();
        int width = Options.MelCount;
        float floor = (float)Options.Floor;
        for (int i = 0; i < waiting.Count; i++)
        {
            Span<float> target = results[waiting[i].Sound].AsSpan(waiting[i].Frame * width, width);
            for (int mel = 0; mel < width; mel++)
            {
                target[mel] = MathF.Log(Math.Max(floor, bands[(i * width) + mel]));
            }
        }

        waiting.Clear();
    }

    // Window times cosine for each bin, then window times sine.
    private static float[] Transform(LogMelOptions options, int bins)
    {
        float[] result = new float[2 * bins * options.FrameLength];
        for (int bin = 0; bin < bins; bin++)
        {
            for (int n = 0; n < options.FrameLength; n++)
            {
                double window = 0.5 - (0.5 * Math.Cos(2.0 * Math.PI * n / options.FrameLength));

                // The angle modulo a whole turn, in whole numbers, so that large bins lose nothing.
                double angle = 2.0 * Math.PI * ((long)bin * n % options.FftSize) / options.FftSize;
                result[(bin * options.FrameLength) + n] = (float)(window * Math.Cos(angle));
                result[((bins + bin) * options.FrameLength) + n] = (float)(window * Math.Sin(angle));
            }
        }

        return result;
    }

    // The power of a bin is the sum of two squares, so each weight stands twice.
    private static float[] Bands(LogMelOptions options, int bins)
    {
        double[,] filters = MelFilters.Create(options);
        float[] result = new float[options.MelCount * 2 * bins];
        for (int mel = 0; mel < options.MelCount; mel++)
        {
            double sum = 0.0;
            for (int bin = 0; bin < bins; bin++)
            {
                float weight = (float)filters[mel, bin];
                result[(mel * 2 * bins) + bin] = weight;
                result[(mel * 2 * bins) + bins + bin] = weight;
                sum += weight;
            }

            if (sum == 0.0)
            {
                throw new ArgumentException(
                    $"LogMel: band {mel} of {options.MelCount} lies between two bins of a transform of {options.FftSize} points. Ask for fewer bands or more points.",
                    nameof(options));
            }
        }

        return result;
    }

    private static void Require(LogMelOptions options)
    {
        ArgumentCheck.AtLeast(options.SampleRate, 1, nameof(LogMel), nameof(options.SampleRate), "the samples a second");
        ArgumentCheck.AtLeast(options.FrameLength, 1, nameof(LogMel), nameof(options.FrameLength), "the samples of a frame");
        ArgumentCheck.AtLeast(options.HopLength, 1, nameof(LogMel), nameof(options.HopLength), "the samples from frame to frame");
        ArgumentCheck.AtLeast(options.FftSize, options.FrameLength, nameof(LogMel), nameof(options.FftSize), "at least the samples of a frame");
        ArgumentCheck.AtLeast(options.MelCount, 1, nameof(LogMel), nameof(options.MelCount), "the bands");
        double highest = options.HighestFrequency ?? options.SampleRate / 2.0;
        if (!(options.LowestFrequency >= 0.0) || !(highest > options.LowestFrequency) || !(highest <= options.SampleRate / 2.0) || !((float)options.Floor > 0.0f))
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"LogMel: the bands go from {options.LowestFrequency} to {highest} Hz with a floor of {options.Floor}, but 0 to {options.SampleRate / 2.0} Hz, ascending, and a floor above 0 in single precision are needed. ")
                + "Correct the options.",
                nameof(options));
        }
    }
}
