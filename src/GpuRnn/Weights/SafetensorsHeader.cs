using System.Text.Json;
using System.Text.Unicode;

namespace GpuRnn.Weights;

/// <summary>The parsed header: names, types, shapes and byte ranges, each consistent in itself.</summary>
internal sealed class SafetensorsHeader
{
    private SafetensorsHeader(IReadOnlyList<Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
    }

    public IReadOnlyList<Tensor> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public static SafetensorsHeader Parse(string path, byte[] bytes)
    {
        if (bytes.Length == 0 || bytes[0] != (byte)'{')
        {
            throw SafetensorsReader.Invalid(path, "has a header that does not begin with '{'; it is no safetensors file");
        }

        if (!Utf8.IsValid(bytes))
        {
            throw SafetensorsReader.Invalid(path, "has a header that is not valid UTF-8");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return Parse(path, document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped lone surrogate, which JSON permits and no string can hold.
            throw SafetensorsReader.Invalid(path, $"has a header that is not valid JSON ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    private static SafetensorsHeader Parse(string path, JsonElement root)
    {
        List<Tensor> tensors = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!names.Add(property.Name))
            {
                throw SafetensorsReader.Invalid(path, $"names {property.Name} twice in its header, but each name may stand once");
            }

            if (property.Name == SafetensorsFormat.MetadataKey)
            {
                ReadMetadata(path, property.Value, metadata);
            }
            else
            {
                tensors.Add(ReadTensor(path, property.Name, property.Value));
            }
        }

        return new SafetensorsHeader(tensors, metadata);
    }

    private static void ReadMetadata(string path, JsonElement element, Dictionary<string, string> metadata)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw SafetensorsReader.Invalid(path, $"has {SafetensorsFormat.MetadataKey} of kind {element.ValueKind}, but an object is needed");
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
            {
                throw SafetensorsReader.Invalid(
                    path, $"has metadata {property.Name} of kind {property.Value.ValueKind}, but text is needed");
            }

            if (!metadata.TryAdd(property.Name, property.Value.GetString()!))
            {
                throw SafetensorsReader.Invalid(path, $"names metadata {property.Name} twice, but each name may stand once");
            }
        }
    }

    private static Tensor ReadTensor(string path, string name, JsonElement element)
    {
        JsonElement dataTypeElement = Field(path, name, element, SafetensorsFormat.DataTypeKey, JsonValueKind.String);
        JsonElement shapeElement = Field(path, name, element, SafetensorsFormat.ShapeKey, JsonValueKind.Array);
        JsonElement offsetsElement = Field(path, name, element, SafetensorsFormat.OffsetsKey, JsonValueKind.Array);
        string code = dataTypeElement.GetString()!;
        if (!TensorDataTypeFormat.TryParse(code, out TensorDataType dataType))
        {
            throw SafetensorsReader.Invalid(
                path, $"holds tensor {name} of type {code}, but only {TensorDataTypeFormat.SupportedCodes} can be read");
        }

        int[] shape = ReadShape(path, name, shapeElement);
        (long begin, long end) = ReadOffsets(path, name, offsetsElement);
        UInt128 needed = (UInt128)dataType.SizeInBytes();
        foreach (int size in shape)
        {
            // One factor of 2^31 at a time cannot overflow 128 bits before it exceeds any file.
            needed = needed > (UInt128)long.MaxValue && size > 0 ? needed : needed * (UInt128)size;
        }

        if (needed != (UInt128)(end - begin))
        {
            throw SafetensorsReader.Invalid(
                path,
                $"gives tensor {name} ({code} [{string.Join(", ", shape)}]) {end - begin} data bytes, but its shape needs {needed}");
        }

        if (end - begin > Array.MaxLength)
        {
            throw SafetensorsReader.Invalid(path, $"holds tensor {name} of {end - begin} bytes, but at most {Array.MaxLength} can be read");
        }

        return new Tensor(name, dataType, shape, begin, end);
    }

    private static JsonElement Field(string path, string tensor, JsonElement element, string field, JsonValueKind kind)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw SafetensorsReader.Invalid(path, $"describes tensor {tensor} by a value of kind {element.ValueKind}, but an object is needed");
        }

        JsonElement[] found = [.. element.EnumerateObject().Where(property => property.NameEquals(field)).Select(property => property.Value)];
        if (found.Length != 1)
        {
            throw SafetensorsReader.Invalid(path, $"describes tensor {tensor} with {found.Length} fields {field}, but exactly 1 is needed");
        }

        if (found[0].ValueKind != kind)
        {
            throw SafetensorsReader.Invalid(path, $"describes tensor {tensor} with {field} of kind {found[0].ValueKind}, but {kind} is needed");
        }

        return found[0];
    }

    private static int[] ReadShape(string path, string tensor, JsonElement element)
    {
        List<int> shape = [];
        foreach (JsonElement item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out int size) || size < 0)
            {
                throw SafetensorsReader.Invalid(
                    path, $"gives tensor {tensor} an axis of {item.GetRawText()}, but a whole number from 0 to {int.MaxValue} is needed");
            }

            shape.Add(size);
        }

        return [.. shape];
    }

    private static (long Begin, long End) ReadOffsets(string path, string tensor, JsonElement element)
    {
        List<long> offsets = [];
        foreach (JsonElement item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out long offset) || offset < 0)
            {
                throw SafetensorsReader.Invalid(
                    path, $"gives tensor {tensor} a data offset of {item.GetRawText()}, but a whole number of bytes from 0 is needed");
            }

            offsets.Add(offset);
        }

        if (offsets.Count != 2 || offsets[1] < offsets[0])
        {
            throw SafetensorsReader.Invalid(
                path, $"gives tensor {tensor} the data offsets [{string.Join(", ", offsets)}], but a begin and a later or equal end are needed");
        }

        return (offsets[0], offsets[1]);
    }

    /// <summary>One tensor of the header; Begin and End are bytes from the end of the header.</summary>
    internal sealed record Tensor(string Name, TensorDataType DataType, int[] Shape, long Begin, long End);
}
