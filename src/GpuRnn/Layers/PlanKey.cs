namespace GpuRnn.Layers;

/// <summary>What decides which plan a pass can use.</summary>
/// <param name="TimeSteps">T.</param>
/// <param name="BatchSize">B.</param>
/// <param name="NeedsGradient">True where the tape records.</param>
/// <param name="IsTraining">True where dropout drops and the cell's step is that of training.</param>
/// <param name="RecordsGradients">True where the norms of the states' gradients are wanted.</param>
internal readonly record struct PlanKey(int TimeSteps, int BatchSize, bool NeedsGradient, bool IsTraining, bool RecordsGradients);
