namespace GpuRnn.Data.Audio;

/// <summary>How <see cref="LogMel"/> cuts sound into frames and frames into bands.</summary>
public sealed record LogMelOptions
{
    /// <summary>Samples a second.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Samples of a frame, 25 ms at 8 kHz unless told otherwise; under a periodic Hann window.</summary>
    public int FrameLength { get; init; } = 200;

    /// <summary>Samples from one frame to the next, 10 ms at 8 kHz unless told otherwise.</summary>
    public int HopLength { get; init; } = 80;

    /// <summary>Points of the Fourier transform, at least the frame's samples; the frame is filled up with zeros.</summary>
    public int FftSize { get; init; } = 256;

    /// <summary>Bands.</summary>
    public int MelCount { get; init; } = 40;

    /// <summary>Where the lowest band begins, in hertz.</summary>
    public double LowestFrequency { get; init; }

    /// <summary>Where the highest band ends, in hertz; half the sample rate when null.</summary>
    public double? HighestFrequency { get; init; }

    /// <summary>The scale of the bands.</summary>
    public MelScale Scale { get; init; } = MelScale.Slaney;

    /// <summary>What a band holds at least before the logarithm is taken.</summary>
    public double Floor { get; init; } = 1e-10;
}
