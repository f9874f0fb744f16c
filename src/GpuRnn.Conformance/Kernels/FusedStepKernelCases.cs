using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels that run a cell's step, product and node, in one launch.</summary>
internal static class FusedStepKernelCases
{
    private const int FirstRow = 11;
    private const int PreviousRow = 1;
    private const int Gap = 3;
    private static readonly (int Rows, int Width, int Carried)[] s_shapes = [(1, 1, 0), (3, 15, 3), (4, 16, 2), (5, 17, 5), (9, 67, 7)];

    public static IEnumerable<KernelCase> All() =>
        from kernel in KernelCatalog.All
        where kernel.DeclaringType == typeof(FusedStepForward)
        from shape in s_shapes
        from keepsValues in new[] { 0, 1 }
        select new KernelCase(
            kernel,
            $"rows={shape.Rows} width={shape.Width} carried={shape.Carried}{(keepsValues == 1 ? " values" : "")}",
            trial => Run(kernel, trial, new Step(shape.Rows, shape.Width, shape.Carried, keepsValues)));

    private static void Run(MethodInfo kernel, KernelTrial trial, Step step)
    {
        MethodInfo check = typeof(FusedStepKernelCases).GetMethod(nameof(Check), BindingFlags.NonPublic | BindingFlags.Static)!;
        check.MakeGenericMethod(kernel.GetGenericArguments()[0]).CreateDelegate<Action<KernelTrial, Step>>()(trial, step);
    }

    private static void Check<TNode>(KernelTrial trial, Step step)
        where TNode : struct, IStepNode
    {
        TileShape tile = TileTable.Step(16, 4, 4);
        int width = step.Width;
        float[] weight = trial.Numbers(width * tile.Blocks * width, 1f);
        float[] bias = trial.Numbers(tile.Blocks * width, 1f);
        PanelLayout layout = PanelLayout.OfGates(tile, width);
        float[] panels = layout.Pack((term, column) => weight[(term * tile.Blocks * width) + column], column => bias[column]);
        int rows = FirstRow + step.Rows + 1;
        int inputStride = (tile.Blocks * width) + Gap;
        float[] inputs = trial.Numbers(rows * inputStride);
        float[][] initial = [trial.Numbers(step.Rows * width, 1f), trial.Numbers(step.Rows * width, 1f)];
        float[][] states = [trial.Numbers(rows * (width + 1), 1f), trial.Numbers(rows * (width + 2), 1f)];
        float[][] values = [.. Enumerable.Range(0, 4).Select(slot => trial.Numbers(rows * (width + slot), 1f))];
        float[][] vectors = [.. Enumerable.Range(0, 3).Select(_ => trial.Numbers(width, 1f))];
        trial.Launch(
            new KernelConfig(new Index2D((step.Rows + tile.Rows - 1) / tile.Rows, layout.PanelCount), new Index2D(1, 1)),
            panels, inputs, initial[0], initial[1], states[0], states[1], values[0], values[1], values[2], values[3],
            vectors[0], vectors[1], vectors[2], width, inputStride,
            width + 1, width + 2, width, width + 1, width + 2, width + 3, step.KeepsValues, FirstRow, step.Rows, PreviousRow, step.Carried);

        Dictionary<(float[] Array, int Element), Bounded> expected = [];
        for (int row = 0; row < step.Rows; row++)
        {
            for (int unit = 0; unit < width; unit++)
            {
                (int r, int u) = (row, unit);
                Bounded Previous(int state, int ofUnit) => r < step.Carried
                    ? trial.Before(states[state], ((PreviousRow + r) * (width + 1 + state)) + ofUnit)
                    : trial.Before(initial[state], (r * width) + ofUnit);
                Bounded Product(int gate) => Enumerable.Range(0, width).Aggregate(
                    Bounded.Constant(bias[(gate * width) + u]),
                    (sum, term) => Bounded.MultiplyAdd(
                        Previous(0, term), Bounded.Constant(weight[(term * tile.Blocks * width) + (gate * width) + u]), sum));

                // A graph of one node reads no value.
                Dictionary<(StepSlotKind Kind, int Slot), Bounded> written = [];
                BoundedSlots slots = new(
                    (kind, slot) => kind switch
                    {
                        StepSlotKind.Input => trial.Before(inputs, ((FirstRow + r) * inputStride) + (slot * width) + u),
                        StepSlotKind.Product => Product(slot),
                        StepSlotKind.PreviousState => Previous(slot, u),
                        StepSlotKind.Parameter => trial.Before(vectors[slot], u),
                        _ => Bounded.Zero,
                    },
                    written);
                TNode.Forward<Bounded, BoundedSlots>(ref slots);
                foreach (((StepSlotKind kind, int slot), Bounded value) in written)
                {
                    if (kind == StepSlotKind.NextState)
                    {
                        expected[(states[slot], ((FirstRow + r) * (width + 1 + slot)) + u)] = value;
                    }
                    else if (step.KeepsValues == 1)
                    {
                        expected[(values[slot], ((FirstRow + r) * (width + slot)) + u)] = value;
                    }
                }
            }
        }

        foreach (float[] array in expected.Keys.Select(key => key.Array).Distinct())
        {
            string name = states.Contains(array) ? $"state {Array.IndexOf(states, array)}" : $"value {Array.IndexOf(values, array)}";
            trial.Expect(name, array, i => expected.TryGetValue((array, i), out Bounded value) ? value : trial.Before(array, i));
        }
    }

    private sealed record Step(int Rows, int Width, int Carried, int KeepsValues);
}
