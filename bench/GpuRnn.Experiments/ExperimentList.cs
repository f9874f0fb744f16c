using GpuRnn.Experiments.Frame;
using GpuRnn.Experiments.Learning;
using GpuRnn.Experiments.Memories;
using GpuRnn.Experiments.Reservoirs;

namespace GpuRnn.Experiments;

/// <summary>Every experiment, in the order in which the command line lists them.</summary>
internal static class ExperimentList
{
    /// <summary>One of each; they keep nothing between runs.</summary>
    public static IReadOnlyList<IExperiment> All { get; } =
    [
        new AddingExperiment(100),
        new AddingExperiment(400),
        new MackeyGlassExperiment(),
        new NarmaExperiment(),
        new HopfieldCapacityExperiment(),
        new ReberExperiment(),
        new SunspotsExperiment(),
        new TemporalOrderExperiment(),
        new CopyExperiment(),
        new CountingExperiment(2),
        new CountingExperiment(3),
        new TimingExperiment(),
        new WaveformExperiment(),
    ];
}
