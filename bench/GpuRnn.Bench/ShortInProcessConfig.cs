using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace GpuRnn.Bench;

/// <summary>Few and short iterations in this very process, so that all benchmarks together take minutes.</summary>
/// <remarks>In the process, because building a project for each benchmark would need a restore and most of the time.</remarks>
public sealed class ShortInProcessConfig : ManualConfig
{
    /// <summary>Starts from BenchmarkDotNet's default columns, exporters and validators.</summary>
    public ShortInProcessConfig()
    {
        Add(DefaultConfig.Instance);
        AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        AddColumn(StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.Max, new GflopsColumn());
        WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(40));
        WithArtifactsPath("BenchmarkDotNet.Artifacts");
    }
}
