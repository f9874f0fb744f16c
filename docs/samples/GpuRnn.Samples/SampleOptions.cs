using System.Globalization;

namespace GpuRnn.Samples;

/// <summary>What the command line of a sample asks for.</summary>
/// <param name="IsQuick">The short form: seed 1 on the generated stand-in, with a budget of a second.</param>
/// <param name="Seeds">A run for each.</param>
/// <param name="Device">An id of <c>gpurnn devices</c>, or auto.</param>
/// <param name="Threads">Threads of the CPU device; null for one a core.</param>
/// <param name="Folder">Where charts and other files go.</param>
public sealed record SampleOptions(bool IsQuick, IReadOnlyList<ulong> Seeds, string Device, int? Threads, string Folder)
{
    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">--quick, --seed S, --device ID, --threads N, --out FOLDER, in any order.</param>
    /// <param name="information">Says how many seeds a whole run has, and names the folder.</param>
    /// <exception cref="ArgumentException">One is unknown or has no value; the message lists what there is.</exception>
    public static SampleOptions Parse(IReadOnlyList<string> arguments, SampleInformation information)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(information);
        bool isQuick = false;
        ulong? seed = null;
        (string device, int? threads, string? folder) = ("auto", null, null);
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            if (name == "--quick")
            {
                isQuick = true;
                continue;
            }

            if (name is not ("--seed" or "--device" or "--threads" or "--out"))
            {
                throw Refused("the command line", $"'{name}'", "--quick, --seed S, --device ID, --threads N or --out FOLDER");
            }

            string value = i + 1 < arguments.Count ? arguments[++i] : throw Refused(name, "nothing", "a value");
            seed = name == "--seed" ? Number(name, value) : seed;
            threads = name == "--threads" ? checked((int)Number(name, value)) : threads;
            device = name == "--device" ? value : device;
            folder = name == "--out" ? value : folder;
        }

        int count = isQuick ? 1 : information.SeedCount;
        IReadOnlyList<ulong> seeds = seed is ulong one ? [one] : [.. Enumerable.Range(1, count).Select(number => (ulong)number)];
        return new SampleOptions(isQuick, seeds, device, threads, folder ?? Path.Combine("runs", "samples", information.Name));
    }

    private static ulong Number(string name, string value)
    {
        return uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number is > 0 and <= int.MaxValue
            ? number
            : throw Refused(name, $"'{value}'", "a whole number from 1");
    }

    private static ArgumentException Refused(string where, string arrived, string needed)
    {
        return new ArgumentException($"{where}: {arrived} arrived, but {needed} is needed. Correct it.");
    }
}
