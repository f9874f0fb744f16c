namespace GpuRnn.Training;

/// <summary>The outcome of <see cref="Trainer.Fit"/>.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="Epochs">Every finished epoch in order, those before a resumed checkpoint included.</param>
/// <param name="BestEpoch">
/// The epoch whose weights the model holds now, where early stopping restored the best ones; else the last one.
/// </param>
/// <param name="Elapsed">Time spent, that of the interrupted run included.</param>
public sealed record TrainingResult(TrainingEnd End, IReadOnlyList<EpochResult> Epochs, int BestEpoch, TimeSpan Elapsed);
