using System.Globalization;
using System.Text.RegularExpressions;

namespace GpuRnn.Devices;

/// <summary>Puts the first complaint of a driver's compiler beside the line of generated text that it means.</summary>
internal static class RefusedText
{
    /// <param name="device">The device's id.</param>
    /// <param name="kernel">The kernel's name.</param>
    /// <param name="text">What was refused.</param>
    /// <param name="log">What the compiler wrote.</param>
    /// <param name="complaint">Finds the groups <c>line</c> and <c>what</c> in the log.</param>
    internal static KernelBuildException Describe(string device, string kernel, string text, string log, Regex complaint)
    {
        Match first = complaint.Match(log);
        string[] lines = text.Split('\n');
        int? line = first.Success && int.TryParse(first.Groups["line"].Value, CultureInfo.InvariantCulture, out int number)
            && number >= 1 && number <= lines.Length ? number : null;
        string reason = first.Success ? first.Groups["what"].Value.Trim() : log.Split('\n')[0].Trim();
        string place = line is int known ? $" at line {known}, \"{lines[known - 1].Trim()}\"" : string.Empty;
        return new KernelBuildException(
            $"{device}.Load: the driver's compiler refused the text of {kernel}{place}: {reason}. Text that builds was needed. "
            + "Report this with Text and Log of this exception; another driver may take the text.",
            kernel,
            log,
            text,
            line);
    }
}
