using System.Buffers.Binary;
using System.Text;

namespace GpuRnn.Tests.Weights;

/// <summary>Writes files that the library's writer refuses to make, to test the reader.</summary>
internal static class RawSafetensors
{
    public static void Write(string path, string header, byte[] data) => Write(path, Encoding.UTF8.GetBytes(header), data);

    public static void Write(string path, byte[] header, byte[] data) => Write(path, (ulong)header.Length, header, data);

    public static void Write(string path, ulong headerLength, byte[] header, byte[] data)
    {
        byte[] bytes = new byte[8 + header.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, headerLength);
        header.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + header.Length);
        File.WriteAllBytes(path, bytes);
    }
}
