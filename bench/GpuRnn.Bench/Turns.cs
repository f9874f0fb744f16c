using System.Diagnostics;

namespace GpuRnn.Bench;

/// <summary>Times several works turn by turn in one process, so that what else the machine does falls on all of them alike.</summary>
internal static class Turns
{
    private const int Rounds = 9;
    private const double TurnMilliseconds = 25.0;

    // A method is compiled anew after 30 calls and a tenth of a second.
    private const int WarmUpPasses = 40;
    private const double LeastWarmUpMilliseconds = 250.0;
    private const double MostWarmUpMilliseconds = 1500.0;

    /// <summary>Runs every work until it is compiled for good, then lets them take turns.</summary>
    /// <returns>The median milliseconds of a pass of each.</returns>
    internal static double[] Medians(IReadOnlyList<Action> works)
    {
        int[] passes = [.. works.Select(WarmUp)];
        List<double>[] times = [.. works.Select(_ => new List<double>())];
        for (int round = 0; round < Rounds; round++)
        {
            for (int work = 0; work < works.Count; work++)
            {
                for (int pass = 0; pass < passes[work]; pass++)
                {
                    long start = Stopwatch.GetTimestamp();
                    works[work]();
                    times[work].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }

        return [.. times.Select(Median)];
    }

    /// <summary>The middle one; of an even number the mean of the middle two.</summary>
    internal static double Median(IReadOnlyList<double> times)
    {
        double[] sorted = [.. times.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0;
    }

    // The passes that fill a turn.
    private static int WarmUp(Action work)
    {
        Stopwatch total = Stopwatch.StartNew();
        double last = 0.0;
        for (int pass = 0; pass < WarmUpPasses || total.Elapsed.TotalMilliseconds < LeastWarmUpMilliseconds; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            last = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (total.Elapsed.TotalMilliseconds > MostWarmUpMilliseconds)
            {
                break;
            }
        }

        return (int)Math.Clamp(TurnMilliseconds / last, 2, 2000);
    }
}
