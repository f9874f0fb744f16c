using System.Runtime.InteropServices;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>The memory that one thread needs to run a compiled kernel: values kept across barriers, private arrays, shared memory.</summary>
/// <remarks>Grows to what launches need and is kept. Serves one thread at a time.</remarks>
public sealed unsafe class CpuWorkspace : IDisposable
{
    private const int AlignmentInBytes = 64;

    // Vectors may read and write beyond the last work-item up to the next multiple of this.
    private const int ItemPadding = 16;

    private readonly CpuFrame* _frame;
    private byte* _memory;
    private long _memoryBytes;

    /// <summary>An empty workspace.</summary>
    public CpuWorkspace()
    {
        _frame = (CpuFrame*)NativeMemory.AllocZeroed((nuint)sizeof(CpuFrame));
    }

    /// <summary>Frees the memory that a forgotten workspace holds.</summary>
    ~CpuWorkspace()
    {
        Free();
    }

    /// <summary>Where the work-item stood that ran last: its launch index, or its position in the group.</summary>
    public Index3D Position => _frame->RowWidth > 0
        ? new Index3D((_frame->CurrentY * _frame->RowWidth) + _frame->CurrentX, 0, 0)
        : new Index3D(_frame->CurrentX, _frame->CurrentY, _frame->CurrentZ);

    /// <summary>The group that ran last; zero in a launch by index.</summary>
    public Index3D GroupPosition => new(_frame->GridIndexX, _frame->GridIndexY, _frame->GridIndexZ);

    internal CpuFrame* Frame => _frame;

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes room for a kernel's launch with groups of <paramref name="items"/> work-items.</summary>
    internal void Reserve(RegionSplit split, int items, int dynamicBytes)
    {
        int capacity = (items + ItemPadding - 1) / ItemPadding * ItemPadding;
        long spillStride = 8L * capacity;
        long spillBytes = Aligned(spillStride * split.SpilledCount);
        long uniformBytes = Aligned(8L * split.UniformCount);
        long localBytes = Aligned(split.LocalBytes * capacity);
        long needed = spillBytes + uniformBytes + localBytes + split.SharedBytes + Aligned(dynamicBytes);
        if (needed > _memoryBytes)
        {
            NativeMemory.AlignedFree(_memory);
            _memory = null;
            _memoryBytes = 0;
            _memory = (byte*)NativeMemory.AlignedAlloc((nuint)needed, AlignmentInBytes);
            NativeMemory.Clear(_memory, (nuint)needed);
            _memoryBytes = needed;
        }

        _frame->GroupSize = items;
        _frame->DynamicSharedBytes = dynamicBytes;
        _frame->ItemCapacity = capacity;
        _frame->SpillStride = spillStride;
        _frame->Spill = _memory;
        _frame->Uniforms = (long*)(_memory + spillBytes);
        _frame->Locals = _memory + spillBytes + uniformBytes;
        _frame->Shared = _memory + spillBytes + uniformBytes + localBytes;
    }

    /// <summary>Fills everything but the frame with ones, which are NaN as floats: what nobody has written shall not look like zeros.</summary>
    internal void MakeUndefined() => NativeMemory.Fill(_memory, (nuint)_memoryBytes, byte.MaxValue);

    private static long Aligned(long bytes) => (bytes + AlignmentInBytes - 1) / AlignmentInBytes * AlignmentInBytes;

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_frame);
    }
}
