using System.Globalization;
using System.IO.Compression;
using GpuRnn.Data;
using GpuRnn.Data.Audio;
using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Samples;

/// <summary>One spoken digit as log-mel features.</summary>
/// <param name="Digit">0 to 9.</param>
/// <param name="Index">Which recording of this speaker's digit it is; the official test is 0 to 4.</param>
/// <param name="Features">[frames, <see cref="Width"/>], each coefficient with mean 0 and deviation 1 over the training recordings.</param>
public sealed record SpokenDigit(int Digit, int Index, float[] Features)
{
    /// <summary>Coefficients of a frame.</summary>
    public const int Width = 40;

    /// <summary>The archive of recordings (8 kHz, 16 bits, mono) below the data folder.</summary>
    public const string DataFile = "speech/fsdd_recordings.zip";

    private const int SampleRate = 8000;
    private const int TestEnd = 5;
    private const int ValidationEnd = 10;

    /// <summary>True for the official test: index 0 to 4.</summary>
    public bool IsTest => Index < TestEnd;

    /// <summary>True for what a model is selected by: index 5 to 9.</summary>
    public bool IsValidation => Index is >= TestEnd and < ValidationEnd;

    /// <summary>True for what a model learns from: all others.</summary>
    public bool IsTraining => !IsTest && !IsValidation;

    /// <summary>Reads all recordings straight from the archive, whose entries are named DIGIT_SPEAKER_INDEX.wav.</summary>
    public static SpokenDigit[] Read(string path, Device device)
    {
        List<(int Digit, int Index, float[] Samples)> recordings = [];
        using ZipArchive archive = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.Name.EndsWith(".wav", StringComparison.Ordinal)))
        {
            string[] parts = Path.GetFileNameWithoutExtension(entry.Name).Split('_');
            using Stream stream = entry.Open();
            Sound sound = WavFile.Read(stream, entry.FullName);
            recordings.Add((int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture), sound.ToMono()));
        }

        return ToFeatures(recordings, device);
    }

    /// <summary>Makes a stand-in: each digit is two tones of its own, one after the other, of a random length and under noise.</summary>
    /// <param name="random">Decides lengths and noise.</param>
    /// <param name="recordingsADigit">Recordings of each digit, numbered from 0.</param>
    /// <param name="device">Where features are computed.</param>
    public static SpokenDigit[] Generate(RandomSource random, int recordingsADigit, Device device)
    {
        List<(int Digit, int Index, float[] Samples)> recordings = [];
        for (int i = 0; i < 10 * recordingsADigit; i++)
        {
            int digit = i % 10;
            float[] samples = new float[800 + random.NextInt(800)];
            for (int n = 0; n < samples.Length; n++)
            {
                double hertz = n < samples.Length / 2 ? 300.0 + (200.0 * (digit % 5)) : 1500.0 + (400.0 * (digit / 5));
                samples[n] = (float)Math.Sin(2.0 * Math.PI * hertz * n / SampleRate) + random.NextUniform(-0.3f, 0.3f);
            }

            recordings.Add((digit, i / 10, samples));
        }

        return ToFeatures(recordings, device);
    }

    private static SpokenDigit[] ToFeatures(List<(int Digit, int Index, float[] Samples)> recordings, Device device)
    {
        using LogMel front = new(device, new LogMelOptions { SampleRate = SampleRate, MelCount = Width });
        float[][] features = front.Compute([.. recordings.Select(recording => recording.Samples)]);
        SpokenDigit[] digits = [.. recordings.Select((recording, i) => new SpokenDigit(recording.Digit, recording.Index, features[i]))];
        Scale(digits);
        return digits;
    }

    // Within each recording alone, the loudness of a band would be taken out, and with it half of what tells short words apart.
    private static void Scale(SpokenDigit[] digits)
    {
        double[] training = [.. digits.Where(digit => digit.IsTraining).SelectMany(digit => digit.Features).Select(value => (double)value)];
        SeriesScaler scaler = SeriesScaler.Standard(training, Width);
        foreach (SpokenDigit digit in digits)
        {
            for (int i = 0; i < digit.Features.Length; i++)
            {
                digit.Features[i] = (float)scaler.Forward(digit.Features[i], i % Width);
            }
        }
    }
}
