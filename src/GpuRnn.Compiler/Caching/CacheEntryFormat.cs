using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GpuRnn.Compiler.Caching;

/// <summary>How one entry lies in its file: a header of fixed size, the key, the content.</summary>
/// <remarks>
/// Header, little-endian: 8 bytes mark, 4 bytes version of the format, 4 bytes length of the key, 8 bytes length of the content, 32 bytes
/// SHA-256 of all before it and all behind it. The whole key is kept and compared, so that two keys with one file name are told apart.
/// </remarks>
internal static class CacheEntryFormat
{
    internal const int Version = 1;

    private const int HashOffset = 24;
    private const int HeaderBytes = HashOffset + SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Mark => "GpuRnnKC"u8;

    /// <summary>The whole file of an entry.</summary>
    internal static byte[] Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content)
    {
        byte[] file = new byte[HeaderBytes + key.Length + content.Length];
        Mark.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(12), key.Length);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(16), content.Length);
        key.CopyTo(file.AsSpan(HeaderBytes));
        content.CopyTo(file.AsSpan(HeaderBytes + key.Length));
        Hash(file, file.AsSpan(HashOffset, SHA256.HashSizeInBytes));
        return file;
    }

    /// <summary>The content, null when the file is damaged, of another format, or belongs to another key.</summary>
    internal static byte[]? Read(ReadOnlySpan<byte> file, ReadOnlySpan<byte> key)
    {
        if (file.Length < HeaderBytes || !file.StartsWith(Mark) || BinaryPrimitives.ReadInt32LittleEndian(file[8..]) != Version)
        {
            return null;
        }

        long keyBytes = BinaryPrimitives.ReadInt32LittleEndian(file[12..]);
        long contentBytes = BinaryPrimitives.ReadInt64LittleEndian(file[16..]);
        if (keyBytes != key.Length || contentBytes != file.Length - HeaderBytes - keyBytes)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(file, hash);
        bool isWhole = hash.SequenceEqual(file.Slice(HashOffset, SHA256.HashSizeInBytes));
        return isWhole && file.Slice(HeaderBytes, key.Length).SequenceEqual(key) ? file[(HeaderBytes + key.Length)..].ToArray() : null;
    }

    private static void Hash(ReadOnlySpan<byte> file, Span<byte> hash)
    {
        using IncrementalHash sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sum.AppendData(file[..HashOffset]);
        sum.AppendData(file[HeaderBytes..]);
        sum.GetHashAndReset(hash);
    }
}
