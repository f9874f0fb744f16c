using System.Globalization;

namespace GpuRnn.Experiments.Frame;

/// <summary>What the command line asks for.</summary>
/// <param name="Experiment">What to run.</param>
/// <param name="IsQuick">The short form.</param>
/// <param name="Seeds">A run for each.</param>
/// <param name="Device">An id of <c>gpurnn devices</c>.</param>
/// <param name="Threads">Threads of the CPU device; null for one a core.</param>
/// <param name="Folder">Where the results are written; null for nowhere.</param>
internal sealed record ExperimentOptions(
    IExperiment Experiment, bool IsQuick, IReadOnlyList<ulong> Seeds, string Device, int? Threads, string? Folder)
{
    /// <summary>The seeds of every reported result.</summary>
    public static IReadOnlyList<ulong> FixedSeeds { get; } = [1, 2, 3];

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="ArgumentException">One is unknown or has no value; the message lists what there is.</exception>
    /// <remarks>A whole run of the fixed seeds writes its results below <c>bench/results</c>; other runs only where --out says.</remarks>
    public static ExperimentOptions Parse(IReadOnlyList<string> arguments, IReadOnlyList<IExperiment> known)
    {
        IExperiment experiment = Find(arguments.Count > 0 ? arguments[0] : string.Empty, known);
        bool isQuick = false;
        IReadOnlyList<ulong> seeds = FixedSeeds;
        (string device, int? threads, string? folder) = ("cpu", null, null);
        for (int i = 1; i < arguments.Count; i++)
        {
            string name = arguments[i];
            if (name == "--quick")
            {
                isQuick = true;
                continue;
            }

            string value = i + 1 < arguments.Count ? arguments[++i] : throw Refused(name, "nothing", "a value");
            switch (name)
            {
                case "--seed":
                    seeds = [Number(name, value)];
                    break;
                case "--threads":
                    threads = checked((int)Number(name, value));
                    break;
                case "--device":
                    device = value;
                    break;
                case "--out":
                    folder = value;
                    break;
                default:
                    throw Refused("the command line", $"'{name}'", "--quick, --seed S, --device ID, --threads N or --out FOLDER");
            }
        }

        folder ??= !isQuick && seeds == FixedSeeds ? ResultFolder() : null;
        return new ExperimentOptions(experiment, isQuick, seeds, device, threads, folder);
    }

    private static string ResultFolder()
    {
        string machine = Environment.MachineName.ToLowerInvariant();
        string day = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Path.Combine("bench", "results", $"{day}-{machine}-{Environment.ProcessorCount}core-experiments");
    }

    private static IExperiment Find(string name, IReadOnlyList<IExperiment> known)
    {
        return known.FirstOrDefault(experiment => experiment.Name == name)
            ?? throw Refused("the experiment", name.Length == 0 ? "nothing" : $"'{name}'", string.Join(", ", known.Select(one => one.Name)));
    }

    private static ulong Number(string name, string value)
    {
        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number > 0
            ? number
            : throw Refused(name, $"'{value}'", "a whole number from 1");
    }

    private static ArgumentException Refused(string where, string arrived, string needed)
    {
        return new ArgumentException($"{where}: {arrived} arrived, but {needed} is needed. Correct it.");
    }
}
