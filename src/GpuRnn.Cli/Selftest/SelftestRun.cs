using System.Diagnostics;
using GpuRnn.Conformance;
using GpuRnn.Devices;

namespace GpuRnn.Cli.Selftest;

/// <summary>Runs cases on a device, those of one subject together.</summary>
/// <param name="device">Where to run.</param>
/// <param name="cases">What to run.</param>
internal sealed class SelftestRun(Device device, IReadOnlyList<ConformanceCase> cases)
{
    private readonly List<string> _failures = [];

    /// <summary>A line for each array that is out of bounds and each case that could not run.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>A line for each subject that is not for this device, with the reason.</summary>
    public IReadOnlyList<string> LeftOut => [.. cases
        .Where(one => !one.Supports(device).IsSupported)
        .Select(one => $"{one.Subject}: {one.Supports(device).Reason}")
        .Distinct()];

    /// <summary>Cases with at least one such line.</summary>
    public int FailedCaseCount { get; private set; }

    /// <summary>Runs the cases as the rows are asked for, so that each is seen when it is done.</summary>
    public IEnumerable<SelftestRow> Execute(CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, ConformanceCase> subject in cases.Where(one => one.Supports(device).IsSupported).GroupBy(one => one.Subject))
        {
            int failedBefore = FailedCaseCount;
            double error = 0.0;
            double allowed = 0.0;
            double worstRatio = -1.0;
            string sizes = string.Empty;
            long start = Stopwatch.GetTimestamp();
            foreach (ConformanceCase one in subject)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Run(one) is ConformanceResult result && result.Worst.WorstRatio > worstRatio)
                {
                    (error, allowed, worstRatio, sizes) = (result.Worst.Error, result.Worst.Allowed, result.Worst.WorstRatio, one.Sizes);
                }
            }

            yield return new SelftestRow(
                subject.Key, subject.Count(), sizes, error, allowed, Stopwatch.GetElapsedTime(start), FailedCaseCount - failedBefore);
        }
    }

    // A device that cannot go on is a failure of its own; a lost one ends the run.
    private ConformanceResult? Run(ConformanceCase one)
    {
        try
        {
            ConformanceResult result = one.Run(device);
            FailedCaseCount += result.HasPassed ? 0 : 1;
            _failures.AddRange(result.Failures.Select(failure => $"{one}: {failure}"));
            return result;
        }
        catch (DeviceException exception) when (exception is not DeviceLostException)
        {
            FailedCaseCount++;
            _failures.Add($"{one}: {exception.Message}");
            return null;
        }
    }
}
