namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>What a compiled region reads about its launch, and where it notes how far it came.</summary>
internal unsafe struct CpuFrame
{
    /// <summary>The first position along X and the one after the last: launch indices, or positions in the group.</summary>
    internal int StartX;
    internal int EndX;
    internal int StartY;
    internal int EndY;
    internal int StartZ;
    internal int EndZ;

    internal int GroupExtentX;
    internal int GroupExtentY;
    internal int GroupExtentZ;
    internal int GridIndexX;
    internal int GridIndexY;
    internal int GridIndexZ;
    internal int GridExtentX;
    internal int GridExtentY;
    internal int GridExtentZ;

    /// <summary>The length of a row where the launch's single index was taken apart into row and position; 0 elsewhere.</summary>
    internal int RowWidth;

    internal int GroupSize;
    internal int DynamicSharedBytes;

    /// <summary>The position whose work-item runs; of several that run together the first.</summary>
    internal int CurrentX;
    internal int CurrentY;
    internal int CurrentZ;

    /// <summary>Not zero when work-items left a region for different places.</summary>
    internal int Disagreement;

    /// <summary>Work-items for which <see cref="Spill"/> and <see cref="Locals"/> have room.</summary>
    internal int ItemCapacity;

    /// <summary>Values that live across a barrier: for each value one array over the work-items, <see cref="SpillStride"/> bytes apart.</summary>
    internal byte* Spill;
    internal long SpillStride;

    /// <summary>Values that live across a barrier and are the same in all work-items.</summary>
    internal long* Uniforms;

    /// <summary>Private arrays: one after the other, each for all work-items.</summary>
    internal byte* Locals;

    /// <summary>The group's shared memory: the kernel's arrays, then what the launch asked for.</summary>
    internal byte* Shared;
}
