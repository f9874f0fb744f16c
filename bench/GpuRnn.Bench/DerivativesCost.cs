using System.Diagnostics;
using System.Globalization;
using GpuRnn.Composition;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Bench;

/// <summary>What derivatives that are found cost beside those written by hand: training steps of one LSTM in several forms.</summary>
/// <remarks><c>derivatives [DEVICE]</c>. A form whose outputs or gradients are wrong aborts it.</remarks>
internal static class DerivativesCost
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "derivatives";

    private const int Rounds = 21;

    internal static int Run(IReadOnlyList<string> arguments)
    {
        string id = arguments switch
        {
            [] => DeviceCatalog.Auto,
            [string only] => only,
            _ => throw new ArgumentException($"{Verb}: '{string.Join(' ', arguments)}' arrived, but one device was needed. Pass an id of 'gpurnn devices'."),
        };
        long start = Stopwatch.GetTimestamp();
        Cell found = AutomaticCell.Create<LstmFunction>("lstm, derivatives found");
        double making = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        (string Name, LayerBenchmark Layer, double[] Times)[] forms =
        [
            .. new[] { Cells.Lstm, found, new NodeCell<TangentLstmNode>("lstm, tangents slot by slot") }.Select(cell =>
                (cell.Name, new LayerBenchmark { DeviceId = id, Shape = new LayerShape(cell, 4, 64, 32, 128, 256) }, new double[Rounds])),
        ];
        foreach ((_, LayerBenchmark layer, _) in forms)
        {
            layer.Check();
            layer.TrainingStep();
        }

        for (int round = 0; round < Rounds; round++)
        {
            foreach ((_, LayerBenchmark layer, double[] times) in forms)
            {
                start = Stopwatch.GetTimestamp();
                layer.TrainingStep();
                times[round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        double written = Median(forms[0].Times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id}, {forms[0].Layer.Shape}; the first cell of a process is made in {making:0} ms"));
        Console.WriteLine("| form | training step, ms | beside the hand-written one |\n|---|---:|---:|");
        foreach ((string name, LayerBenchmark layer, double[] times) in forms)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Median(times):0.00} | {Median(times) / written:0.00} |"));
            layer.Free();
        }

        return 0;
    }

    private static double Median(double[] times) => times.Order().ElementAt(times.Length / 2);
}
