using System.Globalization;

namespace GpuRnn.Cli.Reporting;

/// <summary>Bytes for people.</summary>
internal static class ByteCount
{
    /// <summary>The number in the largest binary unit that keeps it above one; "unknown" for null.</summary>
    public static string Text(long? bytes)
    {
        return bytes switch
        {
            null => "unknown",
            < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
            < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024.0):0.#} MiB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024.0 * 1024.0):0.#} GiB"),
        };
    }
}
