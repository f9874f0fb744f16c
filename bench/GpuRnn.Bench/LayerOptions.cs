using System.Globalization;
using GpuRnn.Cli.Benchmarking;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Scheduling.Cells.Amendments;

namespace GpuRnn.Bench;

/// <summary>What options of an LSTM cost: each beside the plain cell, in inference and in a training step (forward, backward, Adam).</summary>
/// <remarks><c>options [THREADS]</c>.</remarks>
internal static class LayerOptions
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "options";

    private const string Plain = "lstm";
    private const float Share = 0.1f;

    private static readonly (int TimeSteps, int BatchSize, int InputSize, int HiddenSize)[] s_shapes = [(64, 32, 128, 256), (50, 16, 512, 512)];

    internal static int Run(IReadOnlyList<string> arguments)
    {
        int threads = Arguments.Threads(Verb, arguments);
        using Device device = DeviceCatalog.Open("cpu", threads);
        Console.WriteLine($"{MachineLine.Text()}, {threads} threads");
        Console.WriteLine("| T, B, I, H | mode | form | ms | beside plain |\n|---|---|---|---:|---:|");
        foreach ((int timeSteps, int batchSize, int inputSize, int hiddenSize) in s_shapes)
        {
            foreach (bool isTraining in new[] { false, true })
            {
                (string Name, BenchmarkRequest Request)[] forms =
                    [.. Forms(timeSteps).Select(form => (form.Name, LayerTurns.Request(form.Cell, timeSteps, batchSize, inputSize, hiddenSize, isTraining, threads) with { Step = form.Step }))];
                (double Milliseconds, double Operations)[] times = LayerTurns.Measure(device, [.. forms.Select(form => form.Request)]);
                for (int form = 0; form < forms.Length; form++)
                {
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {timeSteps}, {batchSize}, {inputSize}, {hiddenSize} | {(isTraining ? "training" : "inference")} | {forms[form].Name} | {times[form].Milliseconds:0.000} | {times[form].Milliseconds / times[0].Milliseconds:0.00} |"));
                }
            }
        }

        return 0;
    }

    private static (string Name, string Cell, StepOptions Step)[] Forms(int timeSteps) =>
    [
        ("plain", Plain, StepOptions.None),
        ("peephole", "peephole", StepOptions.None),
        ("coupled", "coupled", StepOptions.None),
        ("zoneout", Plain, new StepOptions { Zoneout = Share }),
        ("recurrent dropout", Plain, new StepOptions { RecurrentDropout = Share }),
        ("layer norm", Plain, new StepOptions { LayerNorm = true }),
        ("recurrent batch norm", Plain, new StepOptions { BatchNormSteps = timeSteps }),
    ];
}
