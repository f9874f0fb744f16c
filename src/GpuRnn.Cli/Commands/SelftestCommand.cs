using System.CommandLine;
using GpuRnn.Cli.Selftest;
using GpuRnn.Composition;
using GpuRnn.Conformance;
using GpuRnn.Devices;

namespace GpuRnn.Cli.Commands;

/// <summary><c>gpurnn selftest</c>: the cases that every device must pass, on the user's own.</summary>
internal static class SelftestCommand
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
        Option<bool> full = new("--full") { Description = "Try every combination of options instead of every pair [default: false]" };
        Option<string> only = new("--only") { Description = "Run only what has this in its name [default: everything]", HelpName = "TEXT" };
        Command command = new("selftest", "Runs every kernel, operation and layer on a device against the double-precision reference.") { device, full, only };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Run(host, parsed.GetValue(device)!, parsed.GetValue(full), parsed.GetValue(only), cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(CommandHost host, string deviceId, bool isFull, string? only, CancellationToken cancellationToken)
    {
        ConformanceCase[] cases = [.. ConformanceSuite.Cases(isFull)
            .Where(one => only is null || one.Subject.Contains(only, StringComparison.OrdinalIgnoreCase))];
        if (cases.Length == 0)
        {
            throw new InputException("--only", $"'{only}' arrived, but nothing has that in its name", "Leave it out to see the names");
        }

        using Device device = InputGuard.Run(() => DeviceCatalog.Open(deviceId));
        return Run(host, device, cases, cancellationToken);
    }

    /// <summary>Runs cases and writes what came of them.</summary>
    /// <returns>One of <see cref="ExitCode"/>: failure as soon as one case has failed.</returns>
    internal static int Run(CommandHost host, Device device, IReadOnlyList<ConformanceCase> cases, CancellationToken cancellationToken)
    {
        SelftestRun run = new(device, cases);
        int count = cases.Count(one => one.Supports(device).IsSupported);
        host.Output.WriteLine($"{count} cases on {device}");
        SelftestTable.Write(host.Output, run.Execute(cancellationToken));
        foreach (string leftOut in run.LeftOut)
        {
            host.Output.WriteLine($"left out: {leftOut}");
        }

        foreach (string failure in run.Failures)
        {
            host.Error.WriteLine($"gpurnn selftest: {InputException.OneLine(failure)}");
        }

        host.Output.WriteLine(run.Failures.Count == 0
            ? $"All {count} cases passed."
            : $"{run.FailedCaseCount} of {count} cases failed. Report them with the output of 'gpurnn devices'; use another device until they pass.");
        return run.Failures.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
