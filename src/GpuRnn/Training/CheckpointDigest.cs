using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>The SHA-256 of everything in a checkpoint, by which a file with a hole or a changed bit is told from a whole one.</summary>
internal static class CheckpointDigest
{
    public static string Of(Checkpoint checkpoint)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, string value) in checkpoint.State.Values)
        {
            Append(hash, name);
            Append(hash, value);
        }

        foreach ((string name, string value) in checkpoint.UserMetadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(hash, name);
            Append(hash, value);
        }

        foreach ((string name, SavedArray array) in checkpoint.State.Arrays)
        {
            Append(hash, name);
            hash.AppendData(MemoryMarshal.AsBytes(array.Shape.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(array.Values.AsSpan()));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    // With its length, so that no two lists of texts are one.
    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(Encoding.ASCII.GetBytes(bytes.Length.ToString(CultureInfo.InvariantCulture) + ":"));
        hash.AppendData(bytes);
    }
}
