using System.CommandLine;
using System.Globalization;
using GpuRnn.Cli.Reporting;
using GpuRnn.Compiler.Caching;
using GpuRnn.Composition;
using GpuRnn.Devices;
using Spectre.Console;

namespace GpuRnn.Cli.Commands;

/// <summary><c>gpurnn devices</c>: what this machine can run on, and how.</summary>
internal static class DevicesCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(CommandHost host)
    {
        Command command = new("devices", "Lists the devices that --device takes, with what the scheduler knows about each.");
        command.SetAction(_ => Run(host));
        return command;
    }

    private static int Run(CommandHost host)
    {
        IAnsiConsole console = host.CreateConsole();
        foreach (DeviceEntry entry in DeviceCatalog.List())
        {
            if (!entry.Answer.IsSupported)
            {
                host.Output.WriteLine($"  {entry.Id} ({entry.Kind}) cannot be used: {entry.Answer.Reason}.");
                continue;
            }

            using Device device = DeviceCatalog.Open(entry.Id);
            console.Write(Describe(device));
        }

        host.Output.WriteLine($"  Compiled kernels: {CacheCommand.Describe(KernelCache.FromEnvironment())}.");
        return ExitCode.Success;
    }

    private static Table Describe(Device device)
    {
        DeviceProfile profile = device.Profile;
        Table table = new Table().Border(TableBorder.Simple).HideHeaders().AddColumn("property").AddColumn("value");
        Add("id", device.Id);
        Add("name", device.Name);
        Add("kind", device.Kind.ToString());
        Add("threads", profile.CoreCount.ToString(CultureInfo.InvariantCulture));
        Add("vector width", $"{profile.VectorBits} bit");
        Add("caches L1d, L2, L3", $"{ByteCount.Text(profile.L1Bytes)}, {ByteCount.Text(profile.L2Bytes)}, {ByteCount.Text(profile.L3Bytes)}");
        Add("memory", ByteCount.Text(profile.MemoryBytes));
        Add("matrix product", device.MatrixExecutor?.Name ?? "none registered");
        Add("schedules", Schedules(device));
        foreach ((string property, string value) in device.Details)
        {
            Add(property, value);
        }

        return table;

        void Add(string property, string value)
        {
            table.AddRow(Markup.Escape(property), Markup.Escape(value));
        }
    }

    private static string Schedules(Device device)
    {
        return device.SequenceExecutors.Count == 0
            ? "none registered"
            : string.Join(", ", device.SequenceExecutors.Select(executor => executor.Name));
    }
}
