using System.Runtime.CompilerServices;

namespace GpuRnn.Simd.Sequences;

/// <summary>The first row of an array in the current step, and the distance to the next row.</summary>
internal unsafe struct RowPointer
{
    /// <summary>Element 0 of row 0 of the step.</summary>
    public float* Base;

    /// <summary>Elements between rows; 0 repeats one row, as for absent (zero) arguments.</summary>
    public nint Stride;

    /// <summary>Builds the pointer.</summary>
    public RowPointer(float* @base, nint stride)
    {
        Base = @base;
        Stride = stride;
    }

    /// <summary>The same rows from another element on.</summary>
    public readonly RowPointer Moved(nint units) => new(Base + units, Stride);

    /// <summary>The address of an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float* At(nint row, nint unit) => Base + (row * Stride) + unit;
}
