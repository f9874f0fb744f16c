using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Conformance.Kernels;

/// <summary>Every slot at a place of its own, for kernels that have each state's history in an array of its own.</summary>
/// <param name="Width">Units.</param>
internal sealed record NodeSlotsLayout(int Width)
{
    /// <summary>States of the kernels.</summary>
    public const int StateCount = 3;

    /// <summary>Slots of every other kind; no node of the catalogue has more.</summary>
    public const int SlotCount = 11;

    private const int FirstUnit = 2;
    private const int Gap = 3;

    /// <summary>Elements from one row to the next where all slots of a kind share an array.</summary>
    public int SharedStride => (SlotCount * Width) + Gap;

    /// <summary>The table.</summary>
    public int[] Table
    {
        get
        {
            Dictionary<StepSlotKind, IReadOnlyList<StepSlot>> slots = [];
            foreach (StepSlotKind kind in Enum.GetValues<StepSlotKind>())
            {
                bool isOwn = kind is StepSlotKind.PreviousState or StepSlotKind.NextState or StepSlotKind.InitialState;
                int count = isOwn ? StateCount : SlotCount;
                slots[kind] = [.. Enumerable.Range(0, count).Select(slot => isOwn
                    ? new StepSlot(FirstUnit, StateStride(slot))
                    : new StepSlot(slot * Width, kind == StepSlotKind.Parameter ? 0 : SharedStride))];
            }

            return StepSlotTable.Build(slots);
        }
    }

    /// <summary>Elements of a row of a state's array.</summary>
    public int StateStride(int state) => FirstUnit + Width + state;

    /// <summary>Where a unit of a state lies in its array.</summary>
    public int State(int state, int row, int unit) => (row * StateStride(state)) + FirstUnit + unit;

    /// <summary>Where a unit of a slot of any other kind lies in the kind's array.</summary>
    public int Shared(StepSlotKind kind, int slot, int row, int unit) =>
        (slot * Width) + (kind == StepSlotKind.Parameter ? 0 : row * SharedStride) + unit;
}
