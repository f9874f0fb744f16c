namespace GpuRnn.Devices;

/// <summary>A driver's compiler refused the text that was generated for a kernel.</summary>
public sealed class KernelBuildException : DeviceException
{
    /// <summary>Reports a refused text.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="kernel">The kernel's name.</param>
    /// <param name="log">What the driver's compiler wrote.</param>
    /// <param name="text">The generated text.</param>
    /// <param name="line">The line of <paramref name="text"/>, from 1, that the log names first; null where it names none.</param>
    public KernelBuildException(string message, string kernel, string log, string text, int? line)
        : base(message)
    {
        Kernel = kernel;
        Log = log;
        Text = text;
        Line = line;
    }

    /// <summary>The kernel's name.</summary>
    public string Kernel { get; }

    /// <summary>What the driver's compiler wrote.</summary>
    public string Log { get; }

    /// <summary>The generated text.</summary>
    public string Text { get; }

    /// <summary>The line of <see cref="Text"/>, from 1, that the log names first; null where it names none.</summary>
    public int? Line { get; }
}
