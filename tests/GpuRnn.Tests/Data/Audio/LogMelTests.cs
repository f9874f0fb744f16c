using System.Text.Json;
using GpuRnn.Data.Audio;
using GpuRnn.Devices.Cpu;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Data.Audio;

public sealed class LogMelTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public static TheoryData<string> Cases => [.. VectorFile.CaseNames("audio")];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compute_StoredVector_GivesNumpysFeatures(string name)
    {
        VectorCase vector = VectorFile.Load("audio").Cases[name];
        LogMelOptions options = Options(vector.Config);
        using LogMel front = new(_device, options);
        float[] actual = front.Compute(vector.Singles("samples"));
        double[] expected = vector.Doubles("features");
        Assert.Equal<int>(vector.Shape("features"), (int[])[front.FrameCount(vector.Shape("samples")[0]), options.MelCount]);

        // A band is a sum of K powers, each of a sum of N products: relative to the frame's power, which is at most N² times the loudest sample's.
        // The logarithm turns the error of a band into a relative one.
        double magnitude = options.FrameLength * options.FrameLength * 0.2;
        ToleranceSpec power = Tolerances.Single(options.FrameLength + options.FftSize, 2, magnitude);
        for (int i = 0; i < expected.Length; i++)
        {
            double band = Math.Exp(expected[i]);
            double width = options.Scale == MelScale.Slaney ? 1.0 / 50.0 : 1.0;
            double allowed = Math.Log(1.0 + (power.Absolute * width / band)) + 2e-6;
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed, $"feature {i}: expected {expected[i]}, got {actual[i]}, allowed difference {allowed}");
        }
    }

    [Fact]
    public void Compute_OfATone_IsLoudestInItsBand()
    {
        LogMelOptions options = new() { SampleRate = 8000, MelCount = 20 };
        using LogMel front = new(_device, options);
        foreach (double hertz in (double[])[200.0, 700.0, 1500.0, 3000.0])
        {
            float[] tone = [.. Enumerable.Range(0, 800).Select(n => (float)Math.Sin(2.0 * Math.PI * hertz * n / 8000.0))];
            float[] frame = front.Compute(tone)[..20];

            // Where the band with the largest weight at this frequency is.
            double[,] filters = MelFilters.Create(options);
            int bin = (int)Math.Round(hertz * options.FftSize / 8000.0);
            int expected = Enumerable.Range(0, 20).MaxBy(mel => filters[mel, bin]);
            Assert.InRange(Array.IndexOf(frame, frame.Max()), expected - 1, expected + 1);
        }
    }

    [Fact]
    public void Compute_ManySounds_GivesEachItsOwnFeatures()
    {
        using LogMel front = new(_device, new LogMelOptions { SampleRate = 8000 });
        float[][] sounds = [Noise(1, 500), [], Noise(2, 100), Noise(3, 2000)];
        float[][] together = front.Compute(sounds);
        Assert.Equal([4 * 40, 0, 40, 23 * 40], together.Select(features => features.Length));
        for (int i = 0; i < sounds.Length; i++)
        {
            // A product of other sizes may sum in another order.
            double[] alone = Array.ConvertAll(front.Compute(sounds[i]), value => (double)value);
            ElementwiseAssert.Close(alone, together[i], Tolerances.Single(456, 2, 4.0), $"sound {i}");
        }
    }

    [Theory]
    [InlineData(8000, 200, 80, 256)]
    [InlineData(16000, 400, 160, 512)]
    [InlineData(44100, 1102, 441, 2048)]
    public void Options_UnlessToldOtherwise_AreFramesOf25MillisecondsEvery10(int rate, int frame, int hop, int points)
    {
        LogMelOptions options = new() { SampleRate = rate };
        Assert.Equal((frame, hop, points), (options.FrameLength, options.HopLength, options.FftSize));
        Assert.Equal((300, 512), ((options with { FrameLength = 300 }).FrameLength, (options with { FrameLength = 300 }).FftSize));
    }

    /// <summary>More frames than one product takes: those behind the limit lie in another.</summary>
    [Fact]
    public void Compute_ALongSound_GivesEachFrameItsOwnFeatures()
    {
        LogMelOptions options = new() { SampleRate = 8000, FrameLength = 8, HopLength = 1, FftSize = 8, MelCount = 1 };
        using LogMel front = new(_device, options);
        float[] sound = Noise(4, 8300);
        float[] features = front.Compute(sound);

        Assert.Equal(8293, features.Length);
        double[] end = Array.ConvertAll(front.Compute(sound[8100..]), value => (double)value);
        ElementwiseAssert.Close(end, features[8100..], Tolerances.Single(16, 2, 4.0), "the last frames");
    }

    [Fact]
    public void Options_OutOfRange_AreNamed()
    {
        LogMelOptions options = new() { SampleRate = 8000 };
        Refused(options with { FftSize = 128 }, "FftSize");
        Refused(options with { MelCount = 200 }, "lies between two bins of a transform of 256 points");
        Refused(options with { HighestFrequency = 5000.0 }, "0 to 5000 Hz");
        Refused(options with { LowestFrequency = 4000.0 }, "4000 to 4000 Hz");
        Refused(options with { Floor = 0.0 }, "a floor of 0");
        Refused(options with { Floor = 1e-60 }, "a floor of 1E-60");
        Refused(options with { HopLength = 0 }, "HopLength");

        void Refused(LogMelOptions wrong, string message) =>
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => new LogMel(_device, wrong)).Message);
    }

    [Fact]
    public void Normalise_GivesEachCoefficientMean0AndVariance1()
    {
        float[] features = [1, 5, 7, 2, 5, 9, 6, 5, 8];
        AudioFeatures.Normalise(features, 3);
        for (int column = 0; column < 3; column++)
        {
            double[] values = [features[column], features[3 + column], features[6 + column]];
            ElementwiseAssert.Close([0.0], [values.Average()], Tolerances.Single(3), "mean");
            ElementwiseAssert.Close([column == 1 ? 0.0 : 1.0], [values.Sum(value => value * value) / 3.0], Tolerances.Single(3), "variance");
        }

        Assert.True(features[3] < features[6] && features[0] < features[3]);
        Assert.Contains("4 features arrived, which width 3", Assert.Throws<ArgumentException>(() => AudioFeatures.Normalise(new float[4], 3)).Message);
    }

    [Fact]
    public void Deltas_OfALine_AreItsSlopeInTheMiddle()
    {
        // c(t) = 3 t beside a constant; at the ends the line is bent: (1·3 + 2·6) / 10 = 1.5 at the first frame.
        float[] features = [0, 4, 3, 4, 6, 4, 9, 4, 12, 4];
        float[] result = AudioFeatures.WithDeltas(features, width: 2);
        Assert.Equal([0, 4, 1.5f, 0, 3, 4, 2.4f, 0, 6, 4, 3, 0, 9, 4, 2.4f, 0, 12, 4, 1.5f, 0], result);
        Assert.Throws<ArgumentOutOfRangeException>(() => AudioFeatures.WithDeltas(features, 2, 0));
    }

    private static float[] Noise(int seed, int count)
    {
        GpuRnn.Tensors.RandomSource random = new((ulong)seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextUniform(-0.5f, 0.5f))];
    }

    private static LogMelOptions Options(JsonElement config) => new()
    {
        SampleRate = config.GetProperty("sampleRate").GetInt32(),
        FrameLength = config.GetProperty("frameLength").GetInt32(),
        HopLength = config.GetProperty("hopLength").GetInt32(),
        FftSize = config.GetProperty("fftSize").GetInt32(),
        MelCount = config.GetProperty("melCount").GetInt32(),
        LowestFrequency = config.GetProperty("lowest").GetDouble(),
        HighestFrequency = config.GetProperty("highest").GetDouble(),
        Scale = Enum.Parse<MelScale>(config.GetProperty("scale").GetString()!),
    };
}
