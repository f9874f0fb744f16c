using System.Buffers.Binary;
using System.Text;
using GpuRnn.Data;
using GpuRnn.Data.Audio;

namespace GpuRnn.Tests.Data.Audio;

public sealed class WavFileTests
{
    private const int Pcm = 1;
    private const int Floating = 3;

    [Fact]
    public void Read_EveryDepth_GivesItsNumbers()
    {
        Equal([-1.0f, 0.0f, 127.0f / 128.0f], Wav(Pcm, 8, [0, 128, 255]));
        Equal([-1.0f, 0.5f], Wav(Pcm, 16, [0x00, 0x80, 0x00, 0x40]));
        Equal([-1.0f, 0.5f, 1.0f / 8388608.0f, -1.0f / 8388608.0f], Wav(Pcm, 24, [0, 0, 0x80, 0, 0, 0x40, 1, 0, 0, 255, 255, 255]));
        Equal([-1.0f, 0.5f], Wav(Pcm, 32, [0, 0, 0, 0x80, 0, 0, 0, 0x40]));
        Equal([1.5f, -0.25f], Wav(Floating, 32, [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-0.25f)]));
        Equal([1.5f], Wav(Floating, 64, BitConverter.GetBytes(1.5)));

        // The extensible form says the true format later.
        Equal([0.5f], Wav(0xFFFE, 16, [0x00, 0x40], extension: [22, 0, 16, 0, 0, 0, 0, 0, Pcm, 0, .. new byte[14]]));

        static void Equal(float[] expected, byte[] file) => Assert.Equal(expected, Read(file).Samples);
    }

    [Fact]
    public void Read_Stereo_KeepsChannelsSideBySideAndMixesThemOnRequest()
    {
        Sound sound = Read(Wav(Pcm, 8, [128, 192, 0, 64], channels: 2));
        Assert.Equal((2, 8000, 2, TimeSpan.FromSeconds(2.0 / 8000.0)), (sound.ChannelCount, sound.SampleRate, sound.FrameCount, sound.Duration));
        Assert.Equal([0.0f, 0.5f, -1.0f, -0.5f], sound.Samples);
        Assert.Equal([0.25f, -0.75f], sound.ToMono());
        Sound mono = Read(Wav(Pcm, 8, [128]));
        Assert.Same(mono.Samples, mono.ToMono());
    }

    [Fact]
    public void Read_OtherChunks_AreLeftOutWithTheirPadding()
    {
        byte[] file = Wav(Pcm, 8, [64, 192], before: [.. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0]);
        Assert.Equal([-0.5f, 0.5f], Read(file).Samples);
    }

    [Fact]
    public void Read_WhatIsNoSound_IsNamed()
    {
        byte[] good = Wav(Pcm, 16, [1, 2, 3, 4]);
        Refused([], "does not begin with RIFF");
        Refused([.. "RIFX"u8, .. good[4..]], "does not begin with RIFF");
        Refused(good[..^2], "chunk 'data' says 4 bytes, but 2 follow");
        Refused(good[..36], "no chunk 'data'");
        Refused(Wav(2, 4, [1]), "its format is 2 with 4 bits");
        Refused(Wav(Pcm, 12, [1]), "its format is 1 with 12 bits");
        Refused(Wav(Floating, 16, [1]), "its format is 3 with 16 bits");
        Refused(Wav(Pcm, 16, [1, 2, 3]), "take 3 bytes, which frames of 2 bytes do not divide");
        Refused(Wav(Pcm, 16, [], channels: 0), "0 channels at 8000 Hz");
        Refused([.. good[..12], .. "data"u8, 0, 0, 0, 0], "samples come before their format");
        Refused([.. good[..12], .. "fmt "u8, 2, 0, 0, 0, 1, 0], "chunk 'fmt ' has 2 bytes");
        Assert.Contains("nowhere.wav", Assert.Throws<DataFileException>(() => WavFile.Read("nowhere.wav")).Message);

        static void Refused(byte[] file, string message)
        {
            DataFileException exception = Assert.Throws<DataFileException>(() => Read(file));
            Assert.StartsWith("a.wav: ", exception.Message, StringComparison.Ordinal);
            Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sound_WrongNumbers_AreNamed()
    {
        Assert.Contains("3 samples arrived, which 2 channels", Assert.Throws<ArgumentException>(() => new Sound(new float[3], 8000, 2)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sound([], 0));
    }

    private static Sound Read(byte[] file)
    {
        using MemoryStream stream = new(file);
        return WavFile.Read(stream, "a.wav");
    }

    private static byte[] Wav(int format, int bits, byte[] data, int channels = 1, byte[]? before = null, byte[]? extension = null)
    {
        byte[] description = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(description, (ushort)format);
        BinaryPrimitives.WriteUInt16LittleEndian(description.AsSpan(2), (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(description.AsSpan(4), 8000);
        BinaryPrimitives.WriteUInt16LittleEndian(description.AsSpan(14), (ushort)bits);
        byte[] body = [.. "WAVE"u8, .. before ?? [], .. Chunk("fmt ", [.. description, .. extension ?? []]), .. Chunk("data", data)];
        return Chunk("RIFF", body);
    }

    private static byte[] Chunk(string id, byte[] content) => [.. Encoding.ASCII.GetBytes(id), .. BitConverter.GetBytes(content.Length), .. content];
}
