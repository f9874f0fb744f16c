using GpuRnn.Kernels.Persistent;

namespace GpuRnn.Scheduling.Persistent;

/// <summary>How a loop's passes are divided among blocks.</summary>
/// <param name="Forward">The forward pass.</param>
/// <param name="Backward">The backward pass; null when no gradient is needed.</param>
/// <param name="IsSingle">True when a block holds all units of its rows, false when blocks share them and wait for each other.</param>
/// <param name="Reason">What it follows from, one clause for users.</param>
public sealed record BlockDivision(IBlockShape Forward, IBlockShape? Backward, bool IsSingle, string Reason);
