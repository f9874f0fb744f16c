namespace GpuRnn.Cli;

/// <summary>The user's mistake; its message is the one line the tool prints before it exits with code 2.</summary>
internal sealed class InputException : Exception
{
    /// <summary>Joins the parts into the fixed form "where: what arrived, what was needed. What to do."</summary>
    /// <param name="where">The option, file or line.</param>
    /// <param name="problem">What arrived and what was needed, without a full stop.</param>
    /// <param name="remedy">What to do, without a full stop.</param>
    public InputException(string where, string problem, string remedy)
        : base($"{where}: {problem}. {remedy}.")
    {
    }

    /// <summary>Takes over a message that has the fixed form already, such as one of the library's.</summary>
    public InputException(string message, Exception inner)
        : base(OneLine(message), inner)
    {
    }

    /// <summary>The text with every line break turned into a space.</summary>
    public static string OneLine(string text)
    {
        return string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
