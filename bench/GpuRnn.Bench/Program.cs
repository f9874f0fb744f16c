using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using GpuRnn.Bench;

switch (args)
{
    case [CompileTime.Verb, .. string[] rest]:
        return CompileTime.Run(rest);
    case [BarrierLatency.Verb, .. string[] rest]:
        return BarrierLatency.Run(rest);
    case [DerivativesCost.Verb, .. string[] rest]:
        return DerivativesCost.Run(rest);
    case [PeerWorker.Verb]:
        return PeerWorker.Run();
    case [LongSequences.Verb, .. string[] rest]:
        return LongSequences.Run(rest);
    case [Roofline.Verb]:
        return Roofline.Run();
    case [LayerOptions.Verb, .. string[] rest]:
        return LayerOptions.Run(rest);
    case [ClockworkShare.Verb, .. string[] rest]:
        return ClockworkShare.Run(rest);
    case [SparseReservoir.Verb, .. string[] rest]:
        return SparseReservoir.Run(rest);
    case [SmallModels.Verb, .. string[] rest]:
        return SmallModels.Run(rest);
    case [StreamingSteps.Verb, .. string[] rest]:
        return StreamingSteps.Run(rest);
    case [ThreadCrossover.Verb]:
        return ThreadCrossover.Run();
    case [ConvolutionTimes.Verb, .. string[] rest]:
        return ConvolutionTimes.Run(rest);
    case ["ptx"]:
        return PtxReport.Run();
    case [SassReport.Verb, .. string[] rest]:
        return SassReport.Run(rest);
    case ["slice"]:
        return VerticalSlice.Run();
    default:
        break;
}

IEnumerable<Summary> summaries = BenchmarkSwitcher.FromAssembly(typeof(ShortInProcessConfig).Assembly).Run(args, new ShortInProcessConfig());

// A benchmark whose result is wrong aborts and leaves a report without success; the process must say so too.
return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
