namespace GpuRnn.Devices.Sequences;

/// <summary>A quantity that a cell carries from one time step to the next.</summary>
/// <param name="Name">The field's name for it: h, c, y.</param>
/// <param name="Width">Elements a batch row.</param>
public sealed record StepState(string Name, int Width);
