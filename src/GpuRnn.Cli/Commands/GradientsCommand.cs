using System.CommandLine;
using GpuRnn.Cli.Configuration;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Cli.Gradients;
using GpuRnn.Cli.Reporting;

namespace GpuRnn.Cli.Commands;

/// <summary><c>gpurnn gradients</c>: how strongly a loss at the end of a sequence reaches each of its steps.</summary>
internal static class GradientsCommand
{
    private const string JsonFile = "gradients.json";
    private const string PictureFile = "gradients.svg";

    private static readonly string[] s_unused =
        ["timeColumn", "horizon", "window", "holdOut", "validation", "season", "transform", "epochs", "optimizer", "patience", "data", "out"];

    /// <summary>The command for the command line.</summary>
    public static Command Create(CommandHost host)
    {
        Setting[] settings = [.. ForecastSettings.Create().Where(setting => !s_unused.Contains(setting.Key))];
        Option<string?> data = new("--data")
        {
            Description = "CSV file with a header, whose next value is forecast [default: recall the first of random values]",
            HelpName = "FILE",
        };
        Option<int> time = CommandOption.Count("--time", "T, the time steps", 100);
        Option<int> steps = new("--steps") { Description = "Training steps before the pass that is measured", HelpName = "N", DefaultValueFactory = _ => 0 };
        Option<string[]> with = new("--with")
        {
            Description = "gradients.json of an earlier run to draw too; may be given again", HelpName = "FILE", DefaultValueFactory = _ => [],
        };
        Option<string> folder = new("--out") { Description = "Folder for gradients.json and gradients.svg", HelpName = "FOLDER", DefaultValueFactory = _ => "runs/gradients" };
        Command command = new("gradients", "Records the norm of the loss's gradient at every time step and layer of a recurrent network, and draws it.")
        {
            data, time, steps, with, folder,
        };
        foreach (Setting setting in settings)
        {
            command.Options.Add(setting.Option);
        }

        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                ForecastConfiguration configuration = new() { Data = parsed.GetValue(data) };
                configuration = settings.Aggregate(configuration, (known, setting) => setting.Read(known, parsed));
                RequireTrained(configuration);
                RequireSteps(parsed.GetValue(steps));
                GradientResult[] earlier = [.. parsed.GetValue(with)!.Select(GradientResult.Read)];
                using RunFolder results = RunFolder.Open(parsed.GetValue(folder)!);
                GradientResult result = GradientMeasurement.Run(configuration, parsed.GetValue(time), parsed.GetValue(steps), cancellation);
                Show(host, result, [.. earlier, result], results);
                return ExitCode.Success;
            },
            CancellationToken.None));
        return command;
    }

    private static void RequireTrained(ForecastConfiguration configuration)
    {
        IForecastCell cell = ForecastCells.Find(configuration.Cell);
        cell.RequireFit(configuration);
        if (cell is not TrainedForecastCell)
        {
            throw new InputException("--cell", $"{cell.Name} arrived, but no gradient reaches its states: its weights are fixed", "Choose another cell");
        }
    }

    private static void RequireSteps(int steps)
    {
        if (steps < 0)
        {
            throw new InputException("--steps", $"'{steps}' arrived, but a whole number not below 0 is needed", "Correct it, or leave the option out");
        }
    }

    private static void Show(CommandHost host, GradientResult result, IReadOnlyList<GradientResult> all, RunFolder folder)
    {
        host.Output.WriteLine($"{result.Label}: {result.Task}, T={result.TimeSteps} B={result.BatchSize} H={result.Hidden} L={result.Layers} on {result.Device}");
        foreach (string line in GradientChart.Text(all, host.Width))
        {
            host.Output.WriteLine(line);
        }

        File.WriteAllText(folder.Stage(JsonFile), result.ToJson());
        File.WriteAllText(folder.Stage(PictureFile), GradientChart.Svg(all));
        folder.Commit();
        host.Output.WriteLine($"written: {folder.Final(JsonFile)} and {PictureFile}");
    }
}
