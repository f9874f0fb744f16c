namespace GpuRnn.Decoding;

/// <summary>A row of tokens that a search wrote.</summary>
/// <param name="Tokens">Without the start and the end token.</param>
/// <param name="LogProbability">The natural logarithm of its probability under the model, the end token's included where there is one.</param>
/// <param name="Score">What the search ranks by: the log-probability, or that over the length penalty.</param>
/// <param name="IsFinished">True when it ended by itself, false when it reached the most tokens.</param>
public sealed record DecodedSequence(IReadOnlyList<int> Tokens, double LogProbability, double Score, bool IsFinished);
