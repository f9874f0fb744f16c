using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Sequences;

/// <summary>Rows of floats at a fixed distance in device memory.</summary>
/// <param name="Memory">Starts at the first element of row 0.</param>
/// <param name="RowStride">Elements from one row to the next; at least the width in use.</param>
public readonly record struct RowsView(ArrayView<float> Memory, int RowStride)
{
    /// <summary>True when no memory stands behind the view: an absent optional argument.</summary>
    public bool IsAbsent => Memory.Length == 0;
}
