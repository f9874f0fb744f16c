using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>Slot 0.</summary>
public readonly struct FirstSlot : ISlotNumber
{
    /// <inheritdoc/>
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0;
    }
}
