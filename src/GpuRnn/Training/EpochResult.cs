namespace GpuRnn.Training;

/// <summary>What one finished epoch brought.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="TrainLoss">Mean over the epoch's sequences, each under the weights of its own step.</param>
/// <param name="ValidationLoss">Mean over the validation data under the weights at the epoch's end; null without such data.</param>
/// <param name="LearningRate">The rate of the epoch's last step.</param>
/// <param name="GradientNorm">Global norm of the last step's gradients before they are clipped by it, after any clipping by element and by parameter.</param>
public sealed record EpochResult(int Epoch, double TrainLoss, double? ValidationLoss, float LearningRate, float GradientNorm);
