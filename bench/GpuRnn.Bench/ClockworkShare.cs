using System.Globalization;
using GpuRnn.Cli.Benchmarking;
using GpuRnn.Composition;
using GpuRnn.Devices;

namespace GpuRnn.Bench;

/// <summary>Whether what a Clockwork network leaves out is saved: beside an Elman network of the same sizes, and at H = 8 to 32 beside an LSTM as well.</summary>
/// <remarks><c>clockwork [THREADS]</c>. Operations are those of the products, so their ratio is what could be saved at most.</remarks>
internal static class ClockworkShare
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "clockwork";

    private const string Cell = "clockwork";

    private static readonly (int TimeSteps, int BatchSize, int InputSize, int HiddenSize, string Beside)[] s_cases =
    [
        (256, 1, 4, 256, "elman"),
        (256, 16, 4, 256, "elman"),
        (256, 32, 64, 512, "elman"),
        (128, 1, 1, 32, "lstm"),
        (128, 8, 1, 16, "lstm"),
    ];

    internal static int Run(IReadOnlyList<string> arguments)
    {
        int threads = Arguments.Threads(Verb, arguments);
        using Device device = DeviceCatalog.Open("cpu", threads);
        Console.WriteLine($"{MachineLine.Text()}, {threads} threads; periods 1, 2, 4, 8");
        Console.WriteLine("| T, B, I, H | mode | beside | its ms | Clockwork's ms | time saved, times | operations saved, times |\n|---|---|---|---:|---:|---:|---:|");
        foreach ((int timeSteps, int batchSize, int inputSize, int hiddenSize, string beside) in s_cases)
        {
            foreach (bool isTraining in new[] { false, true })
            {
                BenchmarkRequest[] requests =
                    [.. new[] { beside, Cell }.Select(cell => LayerTurns.Request(cell, timeSteps, batchSize, inputSize, hiddenSize, isTraining, threads))];
                (double Milliseconds, double Operations)[] results = LayerTurns.Measure(device, requests);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {timeSteps}, {batchSize}, {inputSize}, {hiddenSize} | {(isTraining ? "training" : "inference")} | {beside} | {results[0].Milliseconds:0.000} | {results[1].Milliseconds:0.000} "
                    + $"| {results[0].Milliseconds / results[1].Milliseconds:0.00} | {results[0].Operations / results[1].Operations:0.00} |"));
            }
        }

        return 0;
    }
}
