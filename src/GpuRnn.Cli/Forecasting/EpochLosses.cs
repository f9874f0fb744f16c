namespace GpuRnn.Cli.Forecasting;

/// <summary>The losses of one finished epoch, in squared standard units.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Train">Mean over the training examples.</param>
/// <param name="Validation">Mean over the validation examples.</param>
/// <param name="LearningRate">The rate of the epoch.</param>
/// <param name="GradientNorm">Of its last step, before clipping.</param>
internal sealed record EpochLosses(int Epoch, double Train, double Validation, double LearningRate, double GradientNorm);
