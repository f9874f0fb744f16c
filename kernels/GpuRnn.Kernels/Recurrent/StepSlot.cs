namespace GpuRnn.Kernels.Recurrent;

/// <summary>
/// Where a slot of a step node lies in the view of its kind: element (row, unit) at <c>Offset + row·RowStride + unit·UnitStride</c>.
/// </summary>
/// <param name="Offset">Elements before row 0, unit 0.</param>
/// <param name="RowStride">Elements from one row to the next; 0 for what all rows share.</param>
/// <param name="UnitStride">Elements from one unit to the next: 1, or 0 for a sum over the row that all units share.</param>
public readonly record struct StepSlot(int Offset, int RowStride, int UnitStride = 1);
