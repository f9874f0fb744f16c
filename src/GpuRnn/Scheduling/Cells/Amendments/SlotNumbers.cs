using GpuRnn.Kernels.Cells.Amendments;

namespace GpuRnn.Scheduling.Cells.Amendments;

/// <summary>Numbers of slots as types.</summary>
internal static class SlotNumbers
{
    /// <summary>The type of a number.</summary>
    public static Type Of(int number)
    {
        Type type = typeof(FirstSlot);
        for (int before = 0; before < number; before++)
        {
            type = typeof(SlotAfter<>).MakeGenericType(type);
        }

        return type;
    }
}
