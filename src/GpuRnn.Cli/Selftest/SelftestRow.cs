namespace GpuRnn.Cli.Selftest;

/// <summary>What came of the cases of one subject.</summary>
/// <param name="Subject">The kernel, operation or layer.</param>
/// <param name="CaseCount">Its cases.</param>
/// <param name="WorstSizes">The sizes of the case with the element nearest to its bound, or furthest beyond it.</param>
/// <param name="Error">The error of that element.</param>
/// <param name="Allowed">Its bound.</param>
/// <param name="Time">The time of all cases, reference and compilation included.</param>
/// <param name="FailedCount">Cases that failed.</param>
internal sealed record SelftestRow(
    string Subject, int CaseCount, string WorstSizes, double Error, double Allowed, TimeSpan Time, int FailedCount);
