using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace GpuRnn.Weights;

/// <summary>Writes safetensors files: the same tensors and metadata always give the same bytes.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes the file whole or not at all: a failure leaves what stood at <paramref name="path"/> before.</summary>
    /// <param name="path">The file to create or to replace; its folder must exist.</param>
    /// <param name="entries">The tensors, in any order; enumerated once.</param>
    /// <param name="metadata">Free text pairs for <c>__metadata__</c>; none when null or empty.</param>
    /// <exception cref="ArgumentException">Two tensors have the same name.</exception>
    /// <exception cref="WeightsFileException">The folder is missing, the disk is full, or writing is not permitted.</exception>
    /// <remarks>
    /// Order as in the reference implementation: element type by descending rank of <see cref="TensorDataType"/>, then the UTF-8 bytes of the
    /// name. The data goes to a temporary file in the same folder, is flushed to the disk and then renamed; a process that is killed in
    /// between leaves that <c>.tmp</c> file and an untouched target.
    /// </remarks>
    public static void Write(string path, IEnumerable<TensorEntry> entries, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(entries);
        List<TensorEntry> ordered = Order(entries);
        byte[] header = BuildHeader(ordered, metadata);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            WriteTemporary(temporary, header, ordered);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WeightsFileException(
                path,
                $"SafetensorsWriter.Write: {path} cannot be written ({exception.Message.TrimEnd('.')}), but a writable path in an existing folder "
                + "is needed. Check the folder, its permissions and the free space.",
                exception);
        }
        finally
        {
            // After the rename there is nothing left to delete, and Delete of a missing file does nothing.
            DeleteIfPresent(temporary);
        }
    }

    private static List<TensorEntry> Order(IEnumerable<TensorEntry> entries)
    {
        List<TensorEntry> ordered = [.. entries];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (TensorEntry entry in ordered)
        {
            if (!names.Add(entry.Name))
            {
                throw new ArgumentException(
                    $"SafetensorsWriter.Write: two tensors are named {entry.Name}, but each name may stand once. Rename one of them.",
                    nameof(entries));
            }
        }

        ordered.Sort((left, right) =>
        {
            int byType = right.DataType.CompareTo(left.DataType);
            return byType != 0 ? byType : Encoding.UTF8.GetBytes(left.Name).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right.Name));
        });
        return ordered;
    }

    private static byte[] BuildHeader(List<TensorEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            long offset = 0;
            foreach (TensorEntry entry in entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString(SafetensorsFormat.DataTypeKey, entry.DataType.Code());
                json.WriteStartArray(SafetensorsFormat.ShapeKey);
                foreach (int size in entry.Shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray(SafetensorsFormat.OffsetsKey);
                json.WriteNumberValue(offset);
                offset += entry.Data.Length;
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % SafetensorsFormat.AlignmentInBytes != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null || metadata.Count == 0)
        {
            return;
        }

        json.WriteStartObject(SafetensorsFormat.MetadataKey);
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteTemporary(string temporary, byte[] header, List<TensorEntry> entries)
    {
        using FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        Span<byte> length = stackalloc byte[SafetensorsFormat.LengthSizeInBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (TensorEntry entry in entries)
        {
            stream.Write(entry.Data);
        }

        stream.Flush(flushToDisk: true);
    }

    private static void DeleteIfPresent(string temporary)
    {
        if (File.Exists(temporary))
        {
            File.Delete(temporary);
        }
    }
}
