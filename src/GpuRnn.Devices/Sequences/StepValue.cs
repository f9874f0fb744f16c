namespace GpuRnn.Devices.Sequences;

/// <summary>A quantity that lives within one step and is kept for the backward pass.</summary>
/// <param name="Name">Names it in plans and errors.</param>
/// <param name="Width">Elements a batch row; for a sum over the row, 1.</param>
public sealed record StepValue(string Name, int Width);
