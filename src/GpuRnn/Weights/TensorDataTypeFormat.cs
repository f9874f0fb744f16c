namespace GpuRnn.Weights;

/// <summary>How safetensors spells and sizes each element type.</summary>
internal static class TensorDataTypeFormat
{
    public const string SupportedCodes = "F64, F32, I64, F16, BF16";

    public static string Code(this TensorDataType type) => type switch
    {
        TensorDataType.Float16 => "F16",
        TensorDataType.BFloat16 => "BF16",
        TensorDataType.Float32 => "F32",
        TensorDataType.Float64 => "F64",
        TensorDataType.Int64 => "I64",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "TensorDataType: not a member of the enumeration."),
    };

    public static int SizeInBytes(this TensorDataType type) => type switch
    {
        TensorDataType.Float16 or TensorDataType.BFloat16 => 2,
        TensorDataType.Float32 => 4,
        _ => 8,
    };

    public static bool TryParse(string code, out TensorDataType type)
    {
        foreach (TensorDataType candidate in Enum.GetValues<TensorDataType>())
        {
            if (candidate.Code() == code)
            {
                type = candidate;
                return true;
            }
        }

        type = default;
        return false;
    }
}
