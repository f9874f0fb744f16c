using System.Buffers.Binary;
using System.Text.Json;

namespace GpuRnn.Weights;

/// <summary>Reads a safetensors file. Every length is checked against the file's size before memory is allocated for it.</summary>
internal static class SafetensorsReader
{
    public static SafetensorsFile Read(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read(path, stream);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WeightsFileException(
                path, $"SafetensorsFile.Read: there is no file {path}, but a safetensors file is needed. Check the path.", exception);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not WeightsFileException))
        {
            throw new WeightsFileException(
                path,
                $"SafetensorsFile.Read: {path} cannot be read ({exception.Message}), but a readable file is needed. "
                + "Check that it is a file and its permissions.",
                exception);
        }
    }

    private static SafetensorsFile Read(string path, FileStream stream)
    {
        long fileSize = stream.Length;
        byte[] headerBytes = ReadHeaderBytes(path, stream, fileSize);
        SafetensorsHeader header = SafetensorsHeader.Parse(path, headerBytes);
        long dataStart = SafetensorsFormat.LengthSizeInBytes + headerBytes.Length;
        List<SafetensorsHeader.Tensor> ordered =
            [.. header.Tensors.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End).ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        RequireSeamless(path, ordered, dataStart, fileSize);

        List<TensorEntry> entries = new(ordered.Count);
        foreach (SafetensorsHeader.Tensor tensor in ordered)
        {
            byte[] data = new byte[tensor.End - tensor.Begin];
            stream.ReadExactly(data);
            entries.Add(new TensorEntry(path, tensor.Name, tensor.DataType, tensor.Shape, data));
        }

        return new SafetensorsFile(path, entries, header.Metadata);
    }

    private static byte[] ReadHeaderBytes(string path, FileStream stream, long fileSize)
    {
        if (fileSize < SafetensorsFormat.LengthSizeInBytes)
        {
            throw Invalid(path, $"is {fileSize} bytes, but at least {SafetensorsFormat.LengthSizeInBytes} are needed for the header length");
        }

        Span<byte> lengthBytes = stackalloc byte[SafetensorsFormat.LengthSizeInBytes];
        stream.ReadExactly(lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > SafetensorsFormat.MaxHeaderSizeInBytes)
        {
            throw Invalid(
                path,
                $"begins with a header length of {length} bytes, but at most {SafetensorsFormat.MaxHeaderSizeInBytes} are permitted; "
                + "it is no safetensors file or is damaged");
        }

        if ((long)length > fileSize - SafetensorsFormat.LengthSizeInBytes)
        {
            throw Truncated(path, fileSize, SafetensorsFormat.LengthSizeInBytes + (long)length, "for the header alone");
        }

        byte[] header = new byte[length];
        stream.ReadExactly(header);
        return header;
    }

    /// <summary>The tensors' byte ranges must follow one another from 0 to the end of the file, as the reference implementation demands.</summary>
    private static void RequireSeamless(string path, List<SafetensorsHeader.Tensor> ordered, long dataStart, long fileSize)
    {
        long position = 0;
        string before = "the header";
        foreach (SafetensorsHeader.Tensor tensor in ordered)
        {
            if (tensor.Begin != position)
            {
                string fault = tensor.Begin < position ? "overlaps" : "leaves a hole after";
                throw Invalid(
                    path,
                    $"holds tensor {tensor.Name} at data bytes {tensor.Begin} to {tensor.End}, which {fault} {before}; "
                    + $"it must begin at {position}");
            }

            position = tensor.End;
            before = tensor.Name;
        }

        long needed = dataStart + position;
        if (fileSize < needed)
        {
            throw Truncated(path, fileSize, needed, $"for its {ordered.Count} tensors");
        }

        if (fileSize > needed)
        {
            throw Invalid(path, $"is {fileSize} bytes, but its header describes {needed}; {fileSize - needed} bytes belong to no tensor");
        }
    }

    internal static WeightsFileException Invalid(string path, string fault, Exception? inner = null)
        => new(path, $"SafetensorsFile.Read: {path} {fault}. Save or copy the file again.", inner);

    private static WeightsFileException Truncated(string path, long fileSize, long needed, string purpose)
        => new(
            path,
            $"SafetensorsFile.Read: {path} is {fileSize} bytes, but {needed} are needed {purpose}. "
            + "The file is cut off: save or copy it again.");
}
