using GpuRnn.Devices.Sequences;

namespace GpuRnn.Cli.Configuration;

/// <summary>The words of <c>--precision</c>.</summary>
internal static class PrecisionName
{
    /// <summary>No rounding: the default.</summary>
    public const string Single = "fp32";

    /// <summary>All words, most exact first.</summary>
    public static string[] All => [Single, "tf32", "bf16"];

    /// <summary>The precision of a word of <see cref="All"/>.</summary>
    public static ProductPrecision Parse(string name) => (ProductPrecision)Array.IndexOf(All, name);

    /// <summary>The relative error of rounding one factor that was stored in single precision.</summary>
    public static double RoundingError(ProductPrecision precision) => precision switch
    {
        ProductPrecision.TensorFloat32 => 1.0 / (1 << 11),
        ProductPrecision.BFloat16 => 1.0 / (1 << 8),
        _ => 0.0,
    };
}
