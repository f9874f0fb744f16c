using System.Buffers.Binary;
using System.Globalization;

namespace GpuRnn.Weights;

/// <summary>One named tensor of a weights file; immutable, it holds a copy of its values.</summary>
public sealed class TensorEntry
{
    private readonly byte[] _data;
    private readonly string _path;

    internal TensorEntry(string path, string name, TensorDataType dataType, int[] shape, byte[] data)
    {
        _path = path;
        _data = data;
        Name = name;
        DataType = dataType;
        Shape = Array.AsReadOnly(shape);
    }

    /// <summary>The key within the file, for example <c>weight_ih_l0</c>.</summary>
    public string Name { get; }

    /// <summary>The element type as it stands in the file; reading converts on request.</summary>
    public TensorDataType DataType { get; }

    /// <summary>The sizes of the axes, row-major; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The product of <see cref="Shape"/>; 1 for a scalar, 0 when an axis is 0.</summary>
    public int ElementCount => _data.Length / DataType.SizeInBytes();

    /// <summary>The raw little-endian elements, as in the file.</summary>
    internal ReadOnlySpan<byte> Data => _data;

    /// <summary>Makes an F32 tensor from a copy of <paramref name="values"/>.</summary>
    /// <param name="name">The key within the file; neither empty nor <c>__metadata__</c>.</param>
    /// <param name="shape">The sizes of the axes; empty for a scalar.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <exception cref="ArgumentException">The name is not permitted, or the shape's product is not the count of values.</exception>
    public static TensorEntry FromSingles(string name, IReadOnlyList<int> shape, ReadOnlySpan<float> values)
    {
        byte[] data = Allocate(name, shape, TensorDataType.Float32, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i * sizeof(float)), values[i]);
        }

        return new TensorEntry(string.Empty, name, TensorDataType.Float32, [.. shape], data);
    }

    /// <summary>Makes an F64 tensor from a copy of <paramref name="values"/>.</summary>
    /// <inheritdoc cref="FromSingles"/>
    public static TensorEntry FromDoubles(string name, IReadOnlyList<int> shape, ReadOnlySpan<double> values)
    {
        byte[] data = Allocate(name, shape, TensorDataType.Float64, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(data.AsSpan(i * sizeof(double)), values[i]);
        }

        return new TensorEntry(string.Empty, name, TensorDataType.Float64, [.. shape], data);
    }

    /// <summary>Makes an I64 tensor from a copy of <paramref name="values"/>.</summary>
    /// <inheritdoc cref="FromSingles"/>
    public static TensorEntry FromInt64s(string name, IReadOnlyList<int> shape, ReadOnlySpan<long> values)
    {
        byte[] data = Allocate(name, shape, TensorDataType.Int64, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(i * sizeof(long)), values[i]);
        }

        return new TensorEntry(string.Empty, name, TensorDataType.Int64, [.. shape], data);
    }

    /// <summary>The elements as float32, in a new array: F32 as stored, F16 and BF16 widened, F64 rounded to nearest.</summary>
    /// <exception cref="WeightsFileException">The tensor is I64, or a finite F64 element is too large for float32.</exception>
    public float[] ToSingles()
    {
        float[] values = new float[ElementCount];
        for (int i = 0; i < values.Length; i++)
        {
            double value = RealAt(i, nameof(ToSingles));
            values[i] = (float)value;
            if (float.IsInfinity(values[i]) && double.IsFinite(value))
            {
                throw new WeightsFileException(_path, string.Create(
                    CultureInfo.InvariantCulture,
                    $"TensorEntry.ToSingles: element {i} of {Describe()} is {value:R}, but float32 ends at {float.MaxValue:R}. "
                    + $"Call ToDoubles, or store values that float32 can hold."));
            }
        }

        return values;
    }

    /// <summary>The elements as float64, in a new array; every float type widens without error.</summary>
    /// <exception cref="WeightsFileException">The tensor is I64.</exception>
    public double[] ToDoubles()
    {
        double[] values = new double[ElementCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = RealAt(i, nameof(ToDoubles));
        }

        return values;
    }

    /// <summary>The elements of an I64 tensor, in a new array.</summary>
    /// <exception cref="WeightsFileException">The tensor is of a float type.</exception>
    public long[] ToInt64s()
    {
        if (DataType != TensorDataType.Int64)
        {
            throw WrongType(nameof(ToInt64s), "I64", "ToSingles or ToDoubles");
        }

        long[] values = new long[ElementCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt64LittleEndian(_data.AsSpan(i * sizeof(long)));
        }

        return values;
    }

    /// <summary>Type and shape for messages: <c>weight_ih_l0 (F32 [20, 4])</c>.</summary>
    internal string Describe() => $"{Name} ({DataType.Code()} [{string.Join(", ", Shape)}])";

    private double RealAt(int index, string caller)
    {
        ReadOnlySpan<byte> element = _data.AsSpan(index * DataType.SizeInBytes(), DataType.SizeInBytes());
        return DataType switch
        {
            TensorDataType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(element),
            TensorDataType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(element),
            TensorDataType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
            TensorDataType.BFloat16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
            _ => throw WrongType(caller, "a float type (F64, F32, F16, BF16)", nameof(ToInt64s)),
        };
    }

    private WeightsFileException WrongType(string caller, string needed, string remedy)
        => new(_path, $"TensorEntry.{caller}: tensor {Describe()} is {DataType.Code()}, but {needed} is needed. Call {remedy}.");

    private static byte[] Allocate(string name, IReadOnlyList<int> shape, TensorDataType type, int count)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (string.IsNullOrEmpty(name) || name == SafetensorsFormat.MetadataKey)
        {
            throw new ArgumentException(
                $"TensorEntry: the name is \"{name}\", but a name that is neither empty nor {SafetensorsFormat.MetadataKey} is needed. "
                + "Choose another name.",
                nameof(name));
        }

        long product = 1;
        foreach (int size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            product = checked(product * size);
        }

        if (product != count)
        {
            throw new ArgumentException(
                $"TensorEntry: {name} has shape [{string.Join(", ", shape)}], which is {product} elements, but {count} values arrived. "
                + "Pass as many values as the shape holds.",
                nameof(shape));
        }

        return new byte[checked(count * type.SizeInBytes())];
    }
}
