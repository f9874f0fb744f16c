namespace GpuRnn.Kernels.Optimizers;

/// <summary>What Adam and its relatives are built with.</summary>
/// <param name="Beta1">The share of the first moment that stays, in [0, 1).</param>
/// <param name="Beta2">The share of the second moment that stays, in [0, 1).</param>
/// <param name="Epsilon">Added to the root of the second moment, above 0.</param>
public readonly record struct AdamSettings(double Beta1, double Beta2, double Epsilon);
