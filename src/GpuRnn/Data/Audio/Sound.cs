using GpuRnn.Tensors;

namespace GpuRnn.Data.Audio;

/// <summary>Recorded samples.</summary>
public sealed class Sound
{
    /// <summary>Takes samples over.</summary>
    /// <param name="samples">Frame by frame, the channels of a frame side by side; kept, not copied.</param>
    /// <param name="sampleRate">Frames a second, at least 1.</param>
    /// <param name="channelCount">1 for mono, 2 for stereo, …</param>
    /// <exception cref="ArgumentException">A number is below 1, or the channels do not divide the samples.</exception>
    public Sound(float[] samples, int sampleRate, int channelCount = 1)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentCheck.AtLeast(sampleRate, 1, nameof(Sound), nameof(sampleRate), "the frames a second");
        ArgumentCheck.AtLeast(channelCount, 1, nameof(Sound), nameof(channelCount), "the channels");
        if (samples.Length % channelCount != 0)
        {
            throw new ArgumentException(
                $"Sound: {samples.Length} samples arrived, which {channelCount} channels do not divide. Pass {channelCount} samples a frame.", nameof(samples));
        }

        (Samples, SampleRate, ChannelCount) = (samples, sampleRate, channelCount);
    }

    /// <summary>In ±1 for whole-number formats; frame by frame, the channels of a frame side by side.</summary>
    public float[] Samples { get; }

    /// <summary>Frames a second, in hertz.</summary>
    public int SampleRate { get; }

    /// <summary>Samples of a frame.</summary>
    public int ChannelCount { get; }

    /// <summary>Samples of each channel.</summary>
    public int FrameCount => Samples.Length / ChannelCount;

    /// <summary>How long it sounds.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)FrameCount / SampleRate);

    /// <summary>The mean of the channels; the samples themselves where there is one channel.</summary>
    public float[] ToMono()
    {
        if (ChannelCount == 1)
        {
            return Samples;
        }

        float[] mono = new float[FrameCount];
        for (int frame = 0; frame < mono.Length; frame++)
        {
            float sum = 0.0f;
            foreach (float sample in Samples.AsSpan(frame * ChannelCount, ChannelCount))
            {
                sum += sample;
            }

            mono[frame] = sum / ChannelCount;
        }

        return mono;
    }
}
