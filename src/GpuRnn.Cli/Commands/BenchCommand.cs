using System.CommandLine;
using System.Globalization;
using GpuRnn.Cli.Benchmarking;
using GpuRnn.Cli.Configuration;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Simd;

namespace GpuRnn.Cli.Commands;

/// <summary><c>gpurnn bench</c>: checks one recurrent layer against the double-precision reference, then times it.</summary>
internal sealed class BenchCommand
{
    private const float RandomShare = 0.1f;

    private readonly CommandHost _host;
    private readonly Option<string> _device = new("--device")
    {
        Description = "auto, or an id that 'gpurnn devices' lists",
        HelpName = "ID",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<string> _cell = CommandOption.Cell();
    private readonly Option<int> _input = CommandOption.Count("--input", "I, the width of a time step", 128);
    private readonly Option<int> _hidden = CommandOption.Count("--hidden", "H, the units", 256);
    private readonly Option<int> _batch = CommandOption.Count("--batch", "B, the sequences side by side", 32);
    private readonly Option<int> _time = CommandOption.Count("--time", "T, the time steps", 64);
    private readonly Option<string> _mode = CommandOption.Choice(
        "--mode", "A training pass is forward, backward and the Adam update", "inference", "inference", "training");

    private readonly Option<string> _step = CommandOption.Choice(
        "--step", "What the layer adds to the cell's step", "plain", "plain", "layer-norm", "batch-norm", "zoneout", "recurrent-dropout");

    private readonly Option<string> _precision = CommandOption.Precision();
    private readonly Option<int> _threads = CommandOption.Count("--threads", "Threads of the CPU device", Environment.ProcessorCount);
    private readonly Option<string?> _json = new("--json") { Description = "Also write the result to this file [default: none]", HelpName = "FILE" };

    private BenchCommand(CommandHost host)
    {
        _host = host;
    }

    /// <summary>The command for the command line.</summary>
    public static Command Create(CommandHost host)
    {
        return new BenchCommand(host).CreateCommand();
    }

    private Command CreateCommand()
    {
        Command command = new("bench", "Checks one recurrent layer against the double-precision reference, then times it.")
        {
            _device, _cell, _input, _hidden, _batch, _time, _step, _mode, _precision, _threads, _json,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        BenchmarkRequest request = new(
            parsed.GetValue(_device)!,
            parsed.GetValue(_cell)!,
            parsed.GetValue(_input),
            parsed.GetValue(_hidden),
            parsed.GetValue(_batch),
            parsed.GetValue(_time),
            parsed.GetValue(_mode) == "training",
            parsed.GetValue(_precision)!,
            parsed.GetValue(_threads))
        {
            Step = ReadStep(parsed.GetValue(_step)!, parsed.GetValue(_time)),
        };
        if (request.Step.Refusal(Cells.Parse(request.Cell)) is (_, string problem, string remedy))
        {
            throw new InputException("--step", problem, remedy);
        }

        string? jsonPath = parsed.GetValue(_json);
        RequireWritable(jsonPath);
        using Device device = InputGuard.Run(() => DeviceCatalog.Open(request.Device, request.Threads));
        if (device.Kind != DeviceKind.Cpu && parsed.GetResult(_threads) is { Implicit: false })
        {
            throw new InputException("--threads", $"'{request.Threads}' arrived, but only the device cpu takes a number of threads, not {device.Id}", "Leave it out");
        }

        string sizes = $"--input {request.InputSize}, --hidden {request.HiddenSize}, --batch {request.BatchSize} and --time {request.TimeSteps}";
        using RecurrentBenchmark benchmark = InputGuard.Build("gpurnn bench", sizes, () => new RecurrentBenchmark(device, request));
        string? difference = benchmark.Check();
        if (difference is not null)
        {
            _host.Error.WriteLine($"gpurnn bench: {difference}. Nothing was timed. Report this with the output of 'gpurnn devices'.");
            return ExitCode.Failure;
        }

        BenchmarkResult result = Summarise(request, device, benchmark, benchmark.Time(cancellationToken));
        Print(benchmark, result);
        if (jsonPath is not null)
        {
            TextFile.Replace(jsonPath, result.ToJson() + "\n");
        }

        return ExitCode.Success;
    }

    private static StepOptions ReadStep(string name, int timeSteps)
    {
        return new StepOptions
        {
            LayerNorm = name == "layer-norm",
            BatchNormSteps = name == "batch-norm" ? timeSteps : 0,
            Zoneout = name == "zoneout" ? RandomShare : 0.0f,
            RecurrentDropout = name == "recurrent-dropout" ? RandomShare : 0.0f,
        };
    }

    private static void RequireWritable(string? path)
    {
        if (path is null)
        {
            return;
        }

        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (Directory.Exists(path) || !Directory.Exists(folder))
        {
            throw new InputException("--json", $"'{path}' cannot be a file, but the result goes there", "Pass a file name in a folder that exists");
        }
    }

    private static BenchmarkResult Summarise(BenchmarkRequest request, Device device, RecurrentBenchmark benchmark, double[] milliseconds)
    {
        double median = milliseconds.Length % 2 == 1
            ? milliseconds[milliseconds.Length / 2]
            : (milliseconds[(milliseconds.Length / 2) - 1] + milliseconds[milliseconds.Length / 2]) / 2.0;
        double gflops = benchmark.OperationsPerPass / median / 1e6;
        // Only the processor's peak can be measured here; other devices' results stand without a share.
        double? peak = device is CpuDevice cpu ? PeakMeasurement.MeasureGigaflops(cpu.Team) : null;
        return new BenchmarkResult(
            device.Id,
            request.Cell,
            request.InputSize,
            request.HiddenSize,
            request.BatchSize,
            request.TimeSteps,
            request.IsTraining ? "training" : "inference",
            request.Precision,
            request.Threads,
            median,
            milliseconds[0],
            milliseconds[^1],
            median * 1000.0 / request.TimeSteps,
            gflops,
            gflops / peak,
            benchmark.Schedule,
            BuildInformation.Commit);
    }

    private void Print(RecurrentBenchmark benchmark, BenchmarkResult result)
    {
        TextWriter output = _host.Output;
        output.WriteLine(benchmark.Describe());
        output.WriteLine("result    agrees with the double-precision reference");
        Line($"time      {result.Milliseconds:0.000} ms a pass (median; {result.MillisecondsMin:0.000} to {result.MillisecondsMax:0.000})");
        Line($"step      {result.MicrosecondsPerStep:0.00} µs");
        if (result.PeakShare is double share)
        {
            Line($"rate      {result.Gflops:0.0} GFLOP/s, {100.0 * share:0.0} % of the measured peak of {result.Gflops / share:0} GFLOP/s");
        }
        else
        {
            Line($"rate      {result.Gflops:0.0} GFLOP/s");
        }

        Line($"schedule  {result.Schedule}, {result.Threads} threads, {result.Precision}, commit {result.Commit}");

        void Line(FormattableString text)
        {
            output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        }
    }
}
