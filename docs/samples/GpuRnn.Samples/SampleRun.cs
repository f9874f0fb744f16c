using System.Diagnostics;
using System.Globalization;
using GpuRnn.Devices;
using GpuRnn.Training;

namespace GpuRnn.Samples;

/// <summary>One pass of a sample: the device, the seed that decides everything random, the data, and what was measured.</summary>
public sealed class SampleRun
{
    private readonly TextWriter _log;
    private readonly SampleData _data;
    private readonly string _folder;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<string, double> _values = [];

    internal SampleRun(Device device, ulong seed, SampleOptions options, SampleData data, TextWriter log, CancellationToken stop)
    {
        (Device, Seed, IsQuick, Stop) = (device, seed, options.IsQuick, stop);
        (_folder, _data, _log) = (options.Folder, data, log);
    }

    /// <summary>Where to compute; not the sample's to dispose.</summary>
    public Device Device { get; }

    /// <summary>Decides weights, generated data and order; draw further streams from it by <see cref="Stream"/>.</summary>
    public ulong Seed { get; }

    /// <summary>True for the short form, which must end within a second or so.</summary>
    public bool IsQuick { get; }

    /// <summary>True when the real files are at hand; false asks for the stand-in.</summary>
    public bool HasData => _data.IsReal;

    /// <summary>Asked to stop by Ctrl-C; pass it to <see cref="Trainer.Fit"/>.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Seconds since the run began: the time that is reported, unless <see cref="StopClock"/> ends it earlier.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>The full path of a file that the sample lists.</summary>
    /// <exception cref="InvalidOperationException">The run is on the stand-in, or the sample does not list the file.</exception>
    public string DataPath(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return _data.PathOf(file);
    }

    /// <summary>A seed for one purpose, so that weights, data and order never share a stream.</summary>
    public ulong Stream(int purpose) => (Seed * 1_000_003UL) + (ulong)purpose;

    /// <summary>Leaves what follows, such as drawing a chart, out of the reported time.</summary>
    public void StopClock()
    {
        _clock.Stop();
    }

    /// <summary>Ends the run here when Ctrl-C was pressed; call it after <see cref="Trainer.Fit"/> and in loops of your own.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    public void StopIfAsked()
    {
        Stop.ThrowIfCancellationRequested();
    }

    /// <summary>Notes a number; once for every figure of the sample.</summary>
    /// <exception cref="ArgumentException">This figure was noted before.</exception>
    public void Record(string figure, double value)
    {
        ArgumentNullException.ThrowIfNull(figure);
        _values.Add(figure, value);
    }

    /// <summary>Tells how far it is.</summary>
    public void Say(string message)
    {
        _log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  [{Seconds,6:0.0} s] {message}"));
        _log.Flush();
    }

    /// <summary>Says a line at the end of each epoch.</summary>
    public IProgress<TrainingProgress> EpochLines()
    {
        return new EpochLines(this);
    }

    /// <summary>Writes a file of the result, such as a chart, and says where it is.</summary>
    /// <param name="name">The file's name, without a folder.</param>
    /// <param name="content">Its text.</param>
    public void Keep(string name, string content)
    {
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        Say($"written: {path}");
    }

    internal double Value(SampleFigure figure)
    {
        return _values.TryGetValue(figure.Name, out double value)
            ? value
            : throw new InvalidOperationException(
                $"SampleRun: '{figure.Name}' was not measured, but the sample lists it. Record it in the run.");
    }

    internal void RequireListed(IReadOnlyList<SampleFigure> figures)
    {
        foreach (string name in _values.Keys.Where(name => figures.All(figure => figure.Name != name)))
        {
            throw new InvalidOperationException($"SampleRun: '{name}' was measured, but the sample does not list it. Add it to Figures.");
        }
    }
}
