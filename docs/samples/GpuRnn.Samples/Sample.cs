using GpuRnn.Composition;
using GpuRnn.Devices;

namespace GpuRnn.Samples;

/// <summary>What all samples share: options, device, data, seeds, Ctrl-C and the table at the end.</summary>
public static class Sample
{
    private const int Done = 0;
    private const int UsersMistake = 2;
    private const int Interrupted = 130;

    /// <summary>Runs a sample for each seed and prints its table to the console.</summary>
    /// <param name="arguments">--quick, --seed S, --device ID, --threads N, --out FOLDER.</param>
    /// <param name="information">What the sample is.</param>
    /// <param name="body">One run; records every figure.</param>
    /// <returns>
    /// The exit code: 0 when it ended, whether or not a figure was reached; 2 for a mistake on the command line or in the data folder;
    /// 130 after Ctrl-C.
    /// </returns>
    public static int Run(string[] arguments, SampleInformation information, Action<SampleRun> body)
    {
        ArgumentNullException.ThrowIfNull(information);
        ArgumentNullException.ThrowIfNull(body);
        using CancellationTokenSource stop = new();
        ConsoleCancelEventHandler onCancel = (_, pressed) =>
        {
            // The second time ends the process at once.
            pressed.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        Console.CancelKeyPress += onCancel;
        try
        {
            SampleOptions options = SampleOptions.Parse(arguments, information);
            Run(options, information, SampleData.Find(information, options.IsQuick), body, stop.Token);
            return Done;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"{information.Name}: stopped by Ctrl-C.");
            return Interrupted;
        }
        catch (Exception exception) when (exception is ArgumentException or DeviceException)
        {
            Console.Error.WriteLine(exception.Message);
            return UsersMistake;
        }
        finally
        {
            Console.CancelKeyPress -= onCancel;
        }
    }

    private static void Run(
        SampleOptions options, SampleInformation information, SampleData data, Action<SampleRun> body, CancellationToken stop)
    {
        TextWriter output = Console.Out;
        using Device device = DeviceCatalog.Open(options.Device, options.Threads);
        output.WriteLine($"{information.Name}{(options.IsQuick ? " --quick" : string.Empty)}: {information.Title}");
        output.WriteLine($"data: {data.Description}");
        output.WriteLine($"device: {device}{(options.Threads is int threads ? $", {threads} threads" : string.Empty)}");
        List<SampleRun> runs = [];
        foreach (ulong seed in options.Seeds)
        {
            output.WriteLine($"seed {seed}");
            SampleRun run = new(device, seed, options, data, output, stop);
            body(run);
            run.StopClock();
            stop.ThrowIfCancellationRequested();
            run.RequireListed(information.Figures);
            runs.Add(run);
        }

        output.Write(SampleReport.Write(information, runs, data.Counts && !options.IsQuick));
    }
}
