namespace GpuRnn.Devices.Sequences;

/// <summary>Running means and variances of a normalisation over the batch, a row for each step since the loop began.</summary>
/// <param name="Mean">Number of the graph's statistic that holds the means, [Steps, RowWidth].</param>
/// <param name="Variance">Number of the one that holds the variances.</param>
/// <param name="Steps">Rows; every later step uses the last one.</param>
/// <param name="RowWidth">Elements a row.</param>
/// <param name="IsFrozen">True to normalise by them (evaluation), false to normalise by the batch and to move them towards its numbers (training).</param>
public sealed record StepStatistics(int Mean, int Variance, int Steps, int RowWidth, bool IsFrozen);
