using System.Numerics;

namespace GpuRnn.Data.Audio;

/// <summary>How <see cref="LogMel"/> cuts sound into frames and frames into bands.</summary>
public sealed record LogMelOptions
{
    private const double FrameSeconds = 0.025;
    private const double HopSeconds = 0.010;

    private readonly int? _frameLength;
    private readonly int? _hopLength;
    private readonly int? _fftSize;

    /// <summary>Samples a second.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Samples of a frame, under a periodic Hann window; those of 25 ms unless told otherwise.</summary>
    public int FrameLength
    {
        get => _frameLength ?? SamplesOf(FrameSeconds);
        init => _frameLength = value;
    }

    /// <summary>Samples from one frame to the next; those of 10 ms unless told otherwise.</summary>
    public int HopLength
    {
        get => _hopLength ?? SamplesOf(HopSeconds);
        init => _hopLength = value;
    }

    /// <summary>
    /// Points of the Fourier transform, at least the frame's samples; the frame is filled up with zeros. The next power of two unless told otherwise.
    /// </summary>
    public int FftSize
    {
        get => _fftSize ?? (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, FrameLength));
        init => _fftSize = value;
    }

    /// <summary>Bands.</summary>
    public int MelCount { get; init; } = 40;

    /// <summary>Where the lowest band begins, in hertz.</summary>
    public double LowestFrequency { get; init; }

    /// <summary>Where the highest band ends, in hertz; half the sample rate when null.</summary>
    public double? HighestFrequency { get; init; }

    /// <summary>The scale of the bands.</summary>
    public MelScale Scale { get; init; } = MelScale.Slaney;

    /// <summary>What a band holds at least before the logarithm is taken; above 0 as a single-precision number.</summary>
    public double Floor { get; init; } = 1e-10;

    private int SamplesOf(double seconds) => Math.Max(1, (int)Math.Round(SampleRate * seconds));
}
