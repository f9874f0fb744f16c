namespace GpuRnn.Devices;

/// <summary>An argument has axes that the operation cannot use: the caller's mistake.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>Reports a shape in the form "where: what arrived, what was needed. What to do."</summary>
    /// <param name="message">The whole text, with both shapes.</param>
    /// <param name="parameterName">The argument's name; null where it is no argument.</param>
    public ShapeException(string message, string? parameterName = null)
        : base(message, parameterName)
    {
    }
}
