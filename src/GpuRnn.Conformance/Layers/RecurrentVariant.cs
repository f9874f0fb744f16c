using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;

namespace GpuRnn.Conformance.Layers;

/// <summary>One choice of every option of a recurrent layer, with the sizes of a batch.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="LayerCount">L.</param>
/// <param name="Bidirectional">Both directions.</param>
/// <param name="HasLengths">Rows of unequal length, in no order, one of them empty if there are several.</param>
/// <param name="BatchFirst">[B, T, ·] outside.</param>
/// <param name="HasInitial">Given initial states, and gradients of the final ones.</param>
/// <param name="HasDropout">Dropout between layers, in training mode.</param>
/// <param name="TimeSteps">T.</param>
/// <param name="BatchSize">B.</param>
/// <param name="InputSize">I.</param>
/// <param name="HiddenSize">H.</param>
internal sealed record RecurrentVariant(
    Cell Cell,
    int LayerCount,
    bool Bidirectional,
    bool HasLengths,
    bool BatchFirst,
    bool HasInitial,
    bool HasDropout,
    int TimeSteps,
    int BatchSize,
    int InputSize,
    int HiddenSize)
{
    /// <summary>What the layer adds to the cell's step.</summary>
    public StepOptions Step { get; init; } = StepOptions.None;

    /// <summary>D.</summary>
    public int DirectionCount => Bidirectional ? 2 : 1;

    /// <summary>The steps of each row: T of the first row, then 0, and others between; null where all have T.</summary>
    public int[]? Lengths => HasLengths
        ? [.. Enumerable.Range(0, BatchSize).Select(row => row == BatchSize - 1 ? TimeSteps : row == 0 ? 0 : row * 5 % (TimeSteps + 1))]
        : null;

    /// <summary>Absent steps stand in front of the present ones in every other row, and among them in the others; needs lengths.</summary>
    public bool HasGaps { get; init; }

    /// <summary>Which steps are there; null where all are.</summary>
    public SequenceMask? Mask()
    {
        if (Lengths is not int[] lengths || !HasGaps)
        {
            return Lengths is null ? null : SequenceMask.FromLengths(TimeSteps, Lengths);
        }

        bool[] flags = new bool[TimeSteps * BatchSize];
        for (int row = 0; row < BatchSize; row++)
        {
            for (int number = 0; number < lengths[row]; number++)
            {
                flags[(PresentStep(row, number) * BatchSize) + row] = true;
            }
        }

        return SequenceMask.FromFlags(TimeSteps, BatchSize, flags);
    }

    /// <summary>Where the present step of a number stands in a row.</summary>
    public int PresentStep(int row, int number)
    {
        return Lengths is not int[] lengths || !HasGaps ? number
            : row % 2 == 0 ? TimeSteps - lengths[row] + number
            : number * TimeSteps / lengths[row];
    }

    /// <summary>The sizes and what is unusual.</summary>
    public string Describe()
    {
        (bool Is, string Name)[] options =
        [
            (Bidirectional, "both directions"),
            (HasLengths, "lengths"),
            (HasGaps, "gaps"),
            (BatchFirst, "batch first"),
            (HasInitial, "states"),
            (HasDropout, "dropout"),
        ];
        string[] named = [.. options.Where(option => option.Is).Select(option => option.Name)];
        return $"T={TimeSteps} B={BatchSize} I={InputSize} H={HiddenSize} L={LayerCount}"
            + (named.Length == 0 ? string.Empty : $" {string.Join(", ", named)}");
    }
}
