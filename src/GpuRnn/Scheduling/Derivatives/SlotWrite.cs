namespace GpuRnn.Scheduling.Derivatives;

/// <summary>A term that a pass of a node writes.</summary>
/// <param name="Method">The method of the slots that takes it.</param>
/// <param name="Slot">The slot's number.</param>
/// <param name="Term">What is written.</param>
internal sealed record SlotWrite(string Method, int Slot, Term Term);
