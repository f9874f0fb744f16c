using GpuRnn.Data.Audio;
using GpuRnn.Devices.Cpu;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Data.Audio;

/// <summary>The example of docs/data/audio.md.</summary>
public sealed class AudioExampleTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Example_TurnsAFileIntoFeatures()
    {
        CpuDevice device = _device;
        string path = Path.GetTempFileName();
        try
        {
            // 100 ms of silence, 8 kHz, 16 bits.
            byte[] format = [1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0];
            File.WriteAllBytes(path, [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVEfmt "u8, 16, 0, 0, 0, .. format, .. "data"u8, 0x40, 6, 0, 0, .. new byte[1600]]);

            // <example:Audio>
            Sound sound = WavFile.Read(path);
            using LogMel front = new(device, new LogMelOptions { SampleRate = sound.SampleRate, MelCount = 40 });
            float[] features = front.Compute(sound.ToMono());               // [frames, 40]
            AudioFeatures.Normalise(features, width: 40);
            float[] withDeltas = AudioFeatures.WithDeltas(features, width: 40);   // [frames, 80]
            // </example:Audio>

            Assert.Equal(8 * 40, features.Length);
            Assert.Equal(8 * 80, withDeltas.Length);
            Assert.All(features, value => Assert.Equal(0.0f, value));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
