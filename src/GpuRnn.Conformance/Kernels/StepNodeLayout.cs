using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Conformance.Kernels;

/// <summary>Every slot of every kind at a place of its own, with rows before the step's and gaps between.</summary>
internal sealed class StepNodeLayout
{
    /// <summary>Slots of each kind; no node has more.</summary>
    public const int SlotCount = 11;

    public const int InputRow = 2;
    public const int PreviousRow = 1;
    public const int NextRow = 4;
    public const int ValueRow = 3;
    public const int ProductRow = 5;

    private const int LeadingElements = 3;
    private const int RowsBeyond = 6;

    private readonly Dictionary<StepSlotKind, IReadOnlyList<StepSlot>> _slots = [];

    public StepNodeLayout(int rows, int width)
    {
        Rows = rows;
        Width = width;
        int stride = (SlotCount * width) + 1;
        int half = LeadingElements + ((rows + RowsBeyond) * stride);
        ArrayLength = 2 * half;
        foreach (StepSlotKind kind in Enum.GetValues<StepSlotKind>())
        {
            bool isSecond = kind is StepSlotKind.NextState or StepSlotKind.NextStateGradient;
            int start = LeadingElements + (isSecond ? half : 0);
            int rowStride = kind == StepSlotKind.Parameter ? 0 : stride;
            _slots[kind] = [.. Enumerable.Range(0, SlotCount).Select(slot => new StepSlot(start + (slot * width), rowStride))];
        }

        Table = StepSlotTable.Build(_slots);
    }

    public int Rows { get; }

    public int Width { get; }

    /// <summary>Elements of an array that holds one kind, or two.</summary>
    public int ArrayLength { get; }

    public int[] Table { get; }

    /// <summary>Where a slot lies in the array of its kind.</summary>
    public int At(StepSlotKind kind, int slot, int row, int unit)
    {
        StepSlot place = _slots[kind][slot];
        int first = kind switch
        {
            StepSlotKind.Input or StepSlotKind.InputGradient => InputRow,
            StepSlotKind.PreviousState => PreviousRow,
            StepSlotKind.NextState => NextRow,
            StepSlotKind.Value => ValueRow,
            StepSlotKind.ProductGradient => ProductRow,
            _ => 0,
        };
        return place.Offset + ((first + row) * place.RowStride) + unit;
    }
}
