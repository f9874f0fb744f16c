using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>A part of a plan's one buffer, seen as rows; readable once the buffer is there.</summary>
internal sealed class PlanRegion
{
    private readonly PlanMemory _memory;
    private readonly PlanSlot _slot;

    /// <summary>Looks at the elements of a slot.</summary>
    public PlanRegion(PlanMemory memory, PlanSlot slot, int width)
    {
        _memory = memory;
        _slot = slot;
        Width = width;
    }

    /// <summary>Where the elements lie.</summary>
    public PlanSlot Slot => _slot;

    /// <summary>Elements a row.</summary>
    public int Width { get; }

    /// <summary>All elements.</summary>
    public ArrayView<float> View => _memory.View(_slot);

    /// <summary>All elements as rows without gaps.</summary>
    public RowsView Rows => new(View, Width);

    /// <summary>The same memory as rows of another width, without gaps.</summary>
    public RowsView RowsOf(int width)
    {
        return new RowsView(View, width);
    }
}
