using System.Diagnostics;
using GpuRnn.Training;
using Spectre.Console;

namespace GpuRnn.Cli.Reporting;

/// <summary>Redraws one line of a terminal, at most ten times a second.</summary>
internal sealed class LiveProgress : IProgress<TrainingProgress>
{
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

        _context.UpdateTarget(new Text(ProgressLine.Format(value)));
        _sinceDrawn.Restart();
    }
}
