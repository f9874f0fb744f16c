using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Simd.Lanes;

/// <summary>A register of neighbouring single-precision numbers: hidden units in a cell's mathematics, columns in a matrix product.</summary>
/// <typeparam name="TSelf">The lane type itself.</typeparam>
public unsafe interface IVectorLane<TSelf> : IBitReal<TSelf>
    where TSelf : struct, IVectorLane<TSelf>
{
    /// <summary>Elements in the register; a compile-time constant of each implementation.</summary>
    static abstract int Count { get; }

    /// <summary>Loads <see cref="Count"/> neighbouring elements; no alignment is needed.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Loads two registers of numbers of BFloat16 from <see cref="Count"/> neighbouring words: one from their low halves, one from their high ones.</summary>
    static abstract void LoadBFloat16(uint* source, out TSelf low, out TSelf high);

    /// <summary>Stores all elements; no alignment is needed.</summary>
    static abstract void Store(float* target, TSelf value);

    /// <summary>Loads one element into every place of the register.</summary>
    static abstract TSelf Broadcast(float* source);
}
