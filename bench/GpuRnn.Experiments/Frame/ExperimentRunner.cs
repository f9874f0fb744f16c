using GpuRnn.Composition;
using GpuRnn.Devices;

namespace GpuRnn.Experiments.Frame;

/// <summary>Runs an experiment for every seed, prints its table and keeps it.</summary>
internal static class ExperimentRunner
{
    /// <summary>Does what the options ask for.</summary>
    /// <returns>0: a figure that is not reached is a result, not a failure.</returns>
    public static int Run(ExperimentOptions options, TextWriter output)
    {
        IReadOnlyList<Figure> figures = options.Experiment.Figures(options.IsQuick);
        output.WriteLine($"{options.Experiment.Name}{(options.IsQuick ? " --quick" : string.Empty)}: {options.Experiment.Title}");
        output.WriteLine($"published by {options.Experiment.Source}");
        List<ExperimentRun> runs = [];
        List<double> seconds = [];
        using Device device = DeviceCatalog.Open(options.Device, options.Threads);
        foreach (ulong seed in options.Seeds)
        {
            output.WriteLine($"seed {seed}");
            ExperimentRun run = new(device, seed, options.IsQuick, output);
            options.Experiment.Run(run);
            run.RequireListed(figures);
            runs.Add(run);
            seconds.Add(run.Seconds);
        }

        output.Write(ExperimentTable.Write(figures, runs, seconds));
        if (options.Folder is string folder)
        {
            output.WriteLine($"written: {ExperimentFile.Write(folder, options, figures, runs, seconds)}");
        }

        return 0;
    }
}
