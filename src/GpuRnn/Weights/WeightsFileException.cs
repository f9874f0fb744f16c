namespace GpuRnn.Weights;

/// <summary>A weights file cannot be read or written, or does not hold what was asked for: a mistake in the file or its path.</summary>
/// <remarks>The message has the project's form (where: what arrived, what was needed. What to do.) and names the file.</remarks>
public sealed class WeightsFileException : IOException
{
    /// <summary>Keeps the path beside the message, so that a caller can group errors by file.</summary>
    /// <param name="path">The weights file as the caller named it.</param>
    /// <param name="message">The whole text, path included.</param>
    /// <param name="innerException">The failure of the operating system or of the JSON parser behind this one.</param>
    public WeightsFileException(string path, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Path = path;
    }

    /// <summary>The weights file as the caller named it; empty for a tensor that came from no file.</summary>
    public string Path { get; }
}
