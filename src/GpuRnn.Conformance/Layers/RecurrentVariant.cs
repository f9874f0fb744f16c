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

    /// <summary>The sizes and what is unusual.</summary>
    public string Describe()
    {
        (bool Is, string Name)[] options =
        [
            (Bidirectional, "both directions"),
            (HasLengths, "lengths"),
            (BatchFirst, "batch first"),
            (HasInitial, "states"),
            (HasDropout, "dropout"),
        ];
        string[] named = [.. options.Where(option => option.Is).Select(option => option.Name)];
        return $"T={TimeSteps} B={BatchSize} I={InputSize} H={HiddenSize} L={LayerCount}"
            + (named.Length == 0 ? string.Empty : $" {string.Join(", ", named)}");
    }
}
