using GpuRnn.Devices.Sequences;

namespace GpuRnn.Simd.Sequences;

/// <summary>How many rows of input products an inference pass computes before the steps that read them.</summary>
/// <param name="Steps">Steps of one block; 0 where those of one step and panel are computed before the step's own.</param>
/// <param name="RowCapacity">The most rows of a block.</param>
/// <param name="PanelCapacity">The most panels that a worker owns, unless it runs alone; 1 where <paramref name="Steps"/> is 0.</param>
internal readonly record struct InferenceBlocks(int Steps, int RowCapacity, int PanelCapacity)
{
    /// <summary>Up to so many rows, the products of all panels come first and the node afterwards.</summary>
    public const int FewRows = 4;

    // Rows of a tile kernel: with so many rows a step, input weights are read often enough to go step by step.
    private const int RowsByStep = 24;
    private const int RowsOfBlock = 96;
    private const int TileRows = 8;

    // Of a block's results: a quarter of a second-level cache of 1 MiB, beside the recurrent weights.
    private const int BlockElements = 65536;

    /// <summary>Picks the block for a loop.</summary>
    /// <param name="layout">The rows of each step.</param>
    /// <param name="split">What threads own.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="panels">Panels of units.</param>
    /// <param name="columns">Elements of all input products in a panel.</param>
    public static InferenceBlocks Choose(SequenceLayout layout, LoopSplit split, int workers, int panels, int columns)
    {
        int rows = split == LoopSplit.BatchRows ? (layout.BatchSize + workers - 1) / workers : layout.BatchSize;
        int owned = split == LoopSplit.HiddenUnits ? (panels + workers - 1) / workers : panels;
        if (rows >= RowsByStep)
        {
            return new InferenceBlocks(0, rows, 1);
        }

        int elements = Math.Max(1, owned * columns);
        int wanted = Math.Clamp(BlockElements / elements, 2 * TileRows, RowsOfBlock);
        int steps = Math.Clamp(wanted / Math.Max(1, rows), 1, Math.Max(1, layout.TimeSteps));
        return new InferenceBlocks(steps, steps * rows, owned);
    }
}
