namespace GpuRnn.Decoding;

/// <summary>A sequence of labels that <see cref="CtcDecoder"/> found.</summary>
/// <param name="Labels">Without blanks.</param>
/// <param name="LogProbability">The natural logarithm of the probability of the labels: of all their alignments that the search kept.</param>
public sealed record CtcHypothesis(IReadOnlyList<int> Labels, double LogProbability);
