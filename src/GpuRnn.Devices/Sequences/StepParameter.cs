namespace GpuRnn.Devices.Sequences;

/// <summary>A learned vector that pointwise nodes read per unit, such as a peephole weight.</summary>
/// <param name="Name">The name of the parameter that holds it.</param>
/// <param name="Width">Its elements, one a unit.</param>
public sealed record StepParameter(string Name, int Width);
