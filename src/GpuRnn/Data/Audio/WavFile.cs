using System.Buffers.Binary;

namespace GpuRnn.Data.Audio;

/// <summary>Reads WAV files (RIFF): PCM of 8, 16, 24 or 32 bits and IEEE floating point of 32 or 64 bits, any number of channels.</summary>
/// <remarks>
/// Whole numbers become n / 2^(bits−1), those of 8 bits, which are unsigned, (n − 128) / 128. Chunks other than "fmt " and "data" are left out.
/// Compressed formats (A-law, µ-law, ADPCM, …) are refused. Source: Microsoft, Multimedia Programming Interface and Data Specifications 1.0 (1991).
/// </remarks>
public static class WavFile
{
    private const int PcmFormat = 1;
    private const int FloatFormat = 3;
    private const int ExtensibleFormat = 0xFFFE;
    private const int HeaderBytes = 12;
    private const int ChunkHeaderBytes = 8;
    private const int ShortFormatBytes = 16;
    private const int ExtensibleFormatBytes = 26;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataFileException">It is missing, is no WAV file, is cut off, or holds a format that is not read.</exception>
    public static Sound Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception exception) when (exception is IOException and not DataFileException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, 0, $"the sound cannot be read: {exception.Message}", "Check the path", exception);
        }
    }

    /// <summary>Reads from a stream, such as an entry of an archive, to its end.</summary>
    /// <param name="stream">At the first byte of the file.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="DataFileException">It is no WAV file, is cut off, or holds a format that is not read.</exception>
    public static Sound Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        using MemoryStream memory = new();
        stream.CopyTo(memory);
        return Parse(memory.GetBuffer().AsSpan(0, (int)memory.Length), name);
    }

    private static Sound Parse(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length < HeaderBytes || !file[..4].SequenceEqual("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8))
        {
            throw new DataFileException(name, 0, "it does not begin with RIFF and WAVE, but a WAV file is needed", "Convert it to PCM WAV");
        }

        Format? format = null;
        int position = HeaderBytes;
        while (position + ChunkHeaderBytes <= file.Length)
        {
            ReadOnlySpan<byte> id = file.Slice(position, 4);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(file[(position + 4)..]);
            position += ChunkHeaderBytes;
            if (size > file.Length - position)
            {
                throw new DataFileException(
                    name, 0, $"its chunk '{System.Text.Encoding.ASCII.GetString(id)}' says {size} bytes, but {file.Length - position} follow", "Copy or save the file again");
            }

            ReadOnlySpan<byte> chunk = file.Slice(position, (int)size);
            if (id.SequenceEqual("fmt "u8))
            {
                format = ReadFormat(chunk, name);
            }
            else if (id.SequenceEqual("data"u8))
            {
                return format is Format known
                    ? Decode(chunk, known, name)
                    : throw new DataFileException(name, 0, "its samples come before their format, but the chunk 'fmt ' must be first", "Save the file again");
            }

            // Chunks begin at even bytes.
            position += (int)size + (int)(size % 2);
        }

        throw new DataFileException(name, 0, "it has no chunk 'data', but samples are needed", "Copy or save the file again");
    }

    private static Format ReadFormat(ReadOnlySpan<byte> chunk, string name)
    {
        if (chunk.Length < ShortFormatBytes)
        {
            throw new DataFileException(name, 0, $"its chunk 'fmt ' has {chunk.Length} bytes, but at least {ShortFormatBytes} are needed", "Save the file again");
        }

        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        if (tag == ExtensibleFormat && chunk.Length >= ExtensibleFormatBytes)
        {
            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[(ExtensibleFormatBytes - 2)..]);
        }

        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        bool isKnown = (tag == PcmFormat && bits is (8 or 16 or 24 or 32)) || (tag == FloatFormat && bits is (32 or 64));
        if (!isKnown)
        {
            throw new DataFileException(
                name, 0, $"its format is {tag} with {bits} bits, but PCM (1) of 8, 16, 24 or 32 bits or floating point (3) of 32 or 64 is needed", "Convert it to PCM WAV");
        }

        return channels > 0 && rate is > 0 and <= int.MaxValue
            ? new Format(tag == FloatFormat, channels, (int)rate, bits)
            : throw new DataFileException(name, 0, $"it has {channels} channels at {rate} Hz, but at least one of each is needed", "Save the file again");
    }

    private static Sound Decode(ReadOnlySpan<byte> data, Format format, string name)
    {
        int bytes = format.Bits / 8;
        if (data.Length % (bytes * format.Channels) != 0)
        {
            throw new DataFileException(
                name, 0, $"its samples take {data.Length} bytes, which frames of {bytes * format.Channels} bytes do not divide", "Copy or save the file again");
        }

        float[] samples = new float[data.Length / bytes];
        for (int i = 0; i < samples.Length; i++)
        {
            ReadOnlySpan<byte> sample = data.Slice(i * bytes, bytes);
            samples[i] = (format.IsFloat, format.Bits) switch
            {
                (true, 32) => BinaryPrimitives.ReadSingleLittleEndian(sample),
                (true, _) => (float)BinaryPrimitives.ReadDoubleLittleEndian(sample),
                (_, 8) => (sample[0] - 128) / 128.0f,
                (_, 16) => BinaryPrimitives.ReadInt16LittleEndian(sample) / 32768.0f,
                (_, 24) => ((sample[0] << 8 | sample[1] << 16 | sample[2] << 24) >> 8) / 8388608.0f,
                _ => BinaryPrimitives.ReadInt32LittleEndian(sample) / 2147483648.0f,
            };
        }

        return new Sound(samples, format.SampleRate, format.Channels);
    }

    private readonly record struct Format(bool IsFloat, int Channels, int SampleRate, int Bits);
}
