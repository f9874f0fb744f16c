using System.Globalization;

namespace GpuRnn.Bench;

/// <summary>Reads what stands behind a verb.</summary>
internal static class Arguments
{
    /// <summary>The number of threads, or one a core where none is given.</summary>
    /// <exception cref="ArgumentException">Something else stands there.</exception>
    internal static int Threads(string verb, IReadOnlyList<string> arguments) => arguments switch
    {
        [] => Environment.ProcessorCount,
        [string only] when int.TryParse(only, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads > 0 => threads,
        _ => throw new ArgumentException($"{verb}: '{string.Join(' ', arguments)}' arrived, but a number of threads or nothing was needed. Pass one, such as 2."),
    };
}
