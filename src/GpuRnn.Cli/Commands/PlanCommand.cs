using System.CommandLine;
using GpuRnn.Cli.Configuration;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Profiles;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Cli.Commands;

/// <summary><c>gpurnn plan</c>: how the scheduler would run a recurrent layer, and why.</summary>
internal static class PlanCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(CommandHost host)
    {
        Option<string> device = new("--device")
        {
            Description = "auto, or an id that 'gpurnn devices' lists",
            HelpName = "ID",
            DefaultValueFactory = _ => "auto",
        };
        Option<string?> profile = new("--profile")
        {
            Description = $"Plan for a GPU that is not here: {string.Join(", ", GpuProfile.All.Select(gpu => gpu.Name))} [default: the device]",
            HelpName = "NAME",
        };
        Option<string> cell = CommandOption.Cell();
        Option<int> input = CommandOption.Count("--input", "I, the width of a time step", 128);
        Option<int> hidden = CommandOption.Count("--hidden", "H, the units a layer", 256);
        Option<int> batch = CommandOption.Count("--batch", "B, the sequences side by side", 32);
        Option<int> time = CommandOption.Count("--time", "T, the time steps", 64);
        Option<int> layers = CommandOption.Count("--layers", "L, the layers", 1);
        Option<bool> bidirectional = new("--bidirectional") { Description = "Add a second direction [default: false]" };
        Option<string> mode = CommandOption.Choice("--mode", "What the plan is for", "inference", "inference", "training");
        Option<string> precision = CommandOption.Precision();
        Command command = new("plan", "Prints how the scheduler would run a recurrent layer, and why.")
        {
            device, profile, cell, input, hidden, batch, time, layers, bidirectional, mode, precision,
        };
        command.SetAction(parsed =>
        {
            SequenceSpecification specification = new()
            {
                Cell = Cells.Parse(parsed.GetValue(cell)!),
                InputSize = parsed.GetValue(input),
                HiddenSize = parsed.GetValue(hidden),
                BatchSize = parsed.GetValue(batch),
                TimeSteps = parsed.GetValue(time),
                LayerCount = parsed.GetValue(layers),
                Bidirectional = parsed.GetValue(bidirectional),
                NeedsGradient = parsed.GetValue(mode) == "training",
                Precision = PrecisionName.Parse(parsed.GetValue(precision)!),
            };
            return Run(host, parsed.GetValue(device)!, parsed.GetValue(profile), specification);
        });
        return command;
    }

    private static int Run(CommandHost host, string deviceId, string? profile, SequenceSpecification specification)
    {
        using Device device = InputGuard.Run(() => profile is null ? DeviceCatalog.Open(deviceId) : DeviceCatalog.OpenProfile(profile));
        string sizes = $"T={specification.TimeSteps} B={specification.BatchSize} I={specification.InputSize} H={specification.HiddenSize}";
        using SequencePlan plan = InputGuard.Build("gpurnn plan", sizes, () => SequencePlanner.Create(device, specification));
        host.Output.WriteLine(plan.Describe());
        return ExitCode.Success;
    }
}
