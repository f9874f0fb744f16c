namespace GpuRnn.Experiments.Sequences;

/// <summary>What came of training a model.</summary>
/// <param name="Sequences">Sequences it was trained on until the validation sequences were right, or in all.</param>
/// <param name="IsSolved">Whether enough validation sequences were right.</param>
/// <param name="WrongCount">Wrong ones among the test sequences.</param>
internal sealed record TrainingOutcome(int Sequences, bool IsSolved, int WrongCount);
