using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's Lanes4 in the ILGPU build.</summary>
public readonly struct Lanes4 : ILaneCount
{
    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }
}
