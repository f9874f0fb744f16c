using System.Buffers.Binary;
using System.Text.Json;

namespace GpuRnn.Testing;

/// <summary>One case of a <see cref="VectorFile"/>.</summary>
public sealed class VectorCase
{
    private readonly Dictionary<string, (string Type, int[] Shape, ReadOnlyMemory<byte> Data)> _tensors = [];

    internal VectorCase(string name, JsonElement config)
    {
        Name = name;
        Config = config;
    }

    /// <summary>The name within its family, for example "zero_length".</summary>
    public string Name { get; }

    /// <summary>The case's configuration, a JSON object; for recurrent layers see <see cref="RecurrentVectorConfig"/>.</summary>
    public JsonElement Config { get; }

    /// <summary>The tensor names, for example "x", "weight_ih_l0", "grad/weight_ih_l0".</summary>
    public IEnumerable<string> TensorNames => _tensors.Keys;

    /// <summary>Whether the case stores this tensor; h0, c0, c_n and lengths are there only where they apply.</summary>
    public bool Has(string tensor) => _tensors.ContainsKey(tensor);

    /// <summary>The tensor's shape, row-major; empty for a scalar.</summary>
    public int[] Shape(string tensor) => [.. Find(tensor).Shape];

    /// <summary>F64 as stored, F32 widened without error; a new array each time.</summary>
    public double[] Doubles(string tensor)
    {
        (string type, int[] _, ReadOnlyMemory<byte> data) = Find(tensor);
        int size = type switch
        {
            "F64" => 8,
            "F32" => 4,
            _ => throw new InvalidOperationException($"VectorCase {Name}: {tensor} is {type}, not F64 or F32."),
        };
        double[] values = new double[data.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> bytes = data.Span.Slice(i * size, size);
            values[i] = size == 8 ? BinaryPrimitives.ReadDoubleLittleEndian(bytes) : BinaryPrimitives.ReadSingleLittleEndian(bytes);
        }

        return values;
    }

    /// <summary>The values as float32: exact for inputs (x, states, weights, upstream), rounded for outputs and gradients.</summary>
    public float[] Singles(string tensor) => Array.ConvertAll(Doubles(tensor), value => (float)value);

    /// <summary>An I64 tensor (lengths, class targets) as int.</summary>
    /// <exception cref="OverflowException">A value does not fit int.</exception>
    public int[] Integers(string tensor)
    {
        (string type, int[] _, ReadOnlyMemory<byte> data) = Find(tensor);
        if (type != "I64")
        {
            throw new InvalidOperationException($"VectorCase {Name}: {tensor} is {type}, not I64.");
        }

        int[] values = new int[data.Length / 8];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = checked((int)BinaryPrimitives.ReadInt64LittleEndian(data.Span[(i * 8)..]));
        }

        return values;
    }

    internal void Add(string tensor, string type, int[] shape, ReadOnlyMemory<byte> data) => _tensors.Add(tensor, (type, shape, data));

    private (string Type, int[] Shape, ReadOnlyMemory<byte> Data) Find(string tensor)
        => _tensors.TryGetValue(tensor, out (string Type, int[] Shape, ReadOnlyMemory<byte> Data) found)
            ? found
            : throw new KeyNotFoundException($"VectorCase {Name}: no tensor {tensor}; it has {string.Join(", ", _tensors.Keys)}.");
}
