using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>The slot after another.</summary>
/// <typeparam name="TBefore">The slot before it.</typeparam>
public readonly struct SlotAfter<TBefore> : ISlotNumber
    where TBefore : struct, ISlotNumber
{
    /// <inheritdoc/>
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBefore.Value + 1;
    }
}
