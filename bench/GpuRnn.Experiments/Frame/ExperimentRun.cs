using System.Diagnostics;
using GpuRnn.Devices;

namespace GpuRnn.Experiments.Frame;

/// <summary>One pass of an experiment: the device, the seed that decides everything random, and what was measured.</summary>
internal sealed class ExperimentRun
{
    private readonly TextWriter _log;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<(string Subject, string Name), double> _values = [];

    /// <summary>Starts the clock of the messages.</summary>
    public ExperimentRun(Device device, ulong seed, bool isQuick, TextWriter log)
    {
        (Device, Seed, IsQuick, _log) = (device, seed, isQuick, log);
    }

    /// <summary>Where to compute; the caller's.</summary>
    public Device Device { get; }

    /// <summary>Decides weights, data and order; draw further streams from it by <see cref="Stream"/>.</summary>
    public ulong Seed { get; }

    /// <summary>True for the short form.</summary>
    public bool IsQuick { get; }

    /// <summary>Seconds since the run began.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>A seed for one purpose, so that training, validation and test data never share a stream.</summary>
    public ulong Stream(int purpose) => (Seed * 1_000_003UL) + (ulong)purpose;

    /// <summary>Notes a number; once for every figure of the experiment.</summary>
    /// <exception cref="ArgumentException">This figure was noted before.</exception>
    public void Record(string subject, string name, double value)
    {
        _values.Add((subject, name), value);
    }

    /// <summary>Tells how far it is.</summary>
    public void Say(string message)
    {
        _log.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"  [{Seconds,6:0.0} s] {message}"));
        _log.Flush();
    }

    /// <summary>The number of a figure.</summary>
    /// <exception cref="InvalidOperationException">The experiment did not measure it.</exception>
    public double Value(Figure figure)
    {
        return _values.TryGetValue((figure.Subject, figure.Name), out double value)
            ? value
            : throw new InvalidOperationException(
                $"ExperimentRun.Value: '{figure.Name}' of {figure.Subject} was not measured, but the experiment lists it. Record it in Run.");
    }

    /// <summary>Refuses numbers that the experiment does not list.</summary>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    public void RequireListed(IReadOnlyList<Figure> figures)
    {
        foreach ((string subject, string name) in _values.Keys)
        {
            if (!figures.Any(figure => figure.Subject == subject && figure.Name == name))
            {
                throw new InvalidOperationException(
                    $"ExperimentRun: '{name}' of {subject} was measured, but the experiment does not list it. Add it to Figures.");
            }
        }
    }
}
