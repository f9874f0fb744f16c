namespace GpuRnn.Layers;

/// <summary>What decides which plan a pass can use.</summary>
internal readonly record struct PlanKey(int TimeSteps, int BatchSize, bool NeedsGradient, bool Drops);
