using System.Diagnostics;
using GpuRnn.Training;
using Spectre.Console;

namespace GpuRnn.Cli.Reporting;

/// <summary>Redraws the position and a bar on a terminal, at most ten times a second.</summary>
/// <remarks>
/// Two lines, and not one: Spectre.Console 0.49 goes back by "height − 1" lines, and terminals take a count of 0 for 1.
/// </remarks>
internal sealed class LiveProgress : IProgress<TrainingProgress>
{
    private const int BarWidth = 50;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private readonly LiveDisplayContext _context;
    private readonly Stopwatch _sinceDrawn = new();

    /// <summary>Draws into a running live display.</summary>
    public LiveProgress(LiveDisplayContext context)
    {
        _context = context;
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (_sinceDrawn.IsRunning && _sinceDrawn.Elapsed < s_interval && value.Step != value.StepCount)
        {
            return;
        }

        _context.UpdateTarget(new Rows(new Text(ProgressLine.Format(value)) { Overflow = Overflow.Ellipsis }, new Text(Bar(value))));
        _sinceDrawn.Restart();
    }

    private static string Bar(TrainingProgress progress)
    {
        double done = (progress.Epoch - 1 + ((double)progress.Step / progress.StepCount)) / progress.EpochCount;
        int filled = (int)(done * BarWidth);
        return $"[{new string('=', filled)}{new string(' ', BarWidth - filled)}] {(int)(100.0 * done)} %";
    }
}
