using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Amendments;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels that run one node of a step of several, with the product in front of it, in one launch.</summary>
internal static class FusedNodeKernelCases
{
    private const int FirstRow = 11;
    private const int PreviousRow = 1;
    private const int SourceRow = 3;
    private const int ValueRow = 2;
    private const int Gap = 3;
    private static readonly (int Rows, int Width, int Depth, int Carried)[] s_shapes = [(1, 1, 1, 0), (3, 16, 0, 3), (5, 17, 7, 2), (9, 35, 67, 7)];

    public static IEnumerable<KernelCase> All() =>
        from kernel in KernelCatalog.All
        where kernel.DeclaringType == typeof(FusedNodeForward)
        from shape in s_shapes
        select new KernelCase(
            kernel,
            $"rows={shape.Rows} width={shape.Width} depth={shape.Depth} carried={shape.Carried}",
            trial => Run(kernel, trial, new Step(shape.Rows, shape.Width, shape.Depth, shape.Carried)));

    private static void Run(MethodInfo kernel, KernelTrial trial, Step step)
    {
        Type[] arguments = kernel.GetGenericArguments();
        MethodInfo check = typeof(FusedNodeKernelCases).GetMethod(nameof(Check), BindingFlags.NonPublic | BindingFlags.Static)!;
        check.MakeGenericMethod(arguments).CreateDelegate<Action<KernelTrial, Step>>()(trial, step);
    }

    private static void Check<TNode, TRows, TLane, TBlocks, TFirst>(KernelTrial trial, Step step)
        where TNode : struct, IStepNode
        where TRows : struct, IRows<TRows, TLane, TBlocks>
        where TLane : struct, IVectorReal<TLane>
        where TBlocks : struct, IBlocks<TBlocks, TLane>
        where TFirst : struct, ISlotNumber
    {
        (int width, int depth, int blocks) = (step.Width, step.Depth, TBlocks.Count);
        NodeSlotsLayout layout = new(width);
        float[] weight = trial.Numbers(Math.Max(1, depth * blocks * width), 1f);
        float[] bias = trial.Numbers(blocks * width, 1f);
        PanelLayout panelLayout = new(depth, TLane.Count, blocks, TLane.Count, 0, width, width);
        float[] panels = panelLayout.Pack((term, column) => weight[(term * blocks * width) + column], column => bias[column]);
        int rows = FirstRow + step.Rows + 1;
        float[] Shared() => trial.Numbers(rows * layout.SharedStride, 1f);
        (float[] inputs, float[] products, float[] values, float[] parameters) = (Shared(), Shared(), Shared(), Shared());
        float[][] initial = [.. Enumerable.Range(0, NodeSlotsLayout.StateCount).Select(state => trial.Numbers(step.Rows * layout.StateStride(state), 1f))];
        float[][] states = [.. Enumerable.Range(0, NodeSlotsLayout.StateCount).Select(state => trial.Numbers(rows * layout.StateStride(state), 1f))];
        float[] source = trial.Numbers(rows * (depth + Gap), 1f);
        float[] sourceInitial = trial.Numbers(step.Rows * (depth + 1), 1f);
        trial.Launch(
            new KernelConfig(new Index2D((step.Rows + TRows.Count - 1) / TRows.Count, panelLayout.PanelCount), new Index2D(1, 1)),
            panels, source, sourceInitial, inputs, products, initial[0], initial[1], initial[2], states[0], states[1], states[2], values, parameters,
            layout.Table, width, depth, depth + Gap, depth + 1, SourceRow, step.Carried, FirstRow, step.Rows, PreviousRow, step.Carried, ValueRow);

        Dictionary<(float[] Array, int Element), Bounded> expected = [];
        for (int row = 0; row < step.Rows; row++)
        {
            for (int unit = 0; unit < width; unit++)
            {
                (int r, int u) = (row, unit);
                Bounded Left(int term) => r < step.Carried
                    ? trial.Before(source, ((SourceRow + r) * (depth + Gap)) + term)
                    : trial.Before(sourceInitial, (r * (depth + 1)) + term);
                Bounded Product(int slot) => slot < TFirst.Value || slot >= TFirst.Value + blocks
                    ? trial.Before(products, layout.Shared(StepSlotKind.Product, slot, r, u))
                    : Enumerable.Range(0, depth).Aggregate(
                        Bounded.Constant(bias[((slot - TFirst.Value) * width) + u]),
                        (sum, term) => Bounded.MultiplyAdd(
                            Left(term), Bounded.Constant(weight[(term * blocks * width) + ((slot - TFirst.Value) * width) + u]), sum));
                Dictionary<(StepSlotKind Kind, int Slot), Bounded> written = [];
                BoundedSlots slots = new(
                    (kind, slot) => kind switch
                    {
                        StepSlotKind.Input => trial.Before(inputs, layout.Shared(kind, slot, FirstRow + r, u)),
                        StepSlotKind.Product => Product(slot),
                        StepSlotKind.PreviousState => r < step.Carried
                            ? trial.Before(states[slot], layout.State(slot, PreviousRow + r, u))
                            : trial.Before(initial[slot], layout.State(slot, r, u)),
                        StepSlotKind.NextState => trial.Before(states[slot], layout.State(slot, FirstRow + r, u)),
                        StepSlotKind.Value => trial.Before(values, layout.Shared(kind, slot, ValueRow + r, u)),
                        _ => trial.Before(parameters, layout.Shared(kind, slot, 0, u)),
                    },
                    written);
                TNode.Forward<Bounded, BoundedSlots>(ref slots);
                foreach (((StepSlotKind kind, int slot), Bounded value) in written)
                {
                    (float[] Array, int Element) place = kind == StepSlotKind.NextState
                        ? (states[slot], layout.State(slot, FirstRow + r, u))
                        : (values, layout.Shared(kind, slot, ValueRow + r, u));
                    expected[place] = value;
                }
            }
        }

        foreach (float[] array in expected.Keys.Select(key => key.Array).Distinct())
        {
            string name = ReferenceEquals(array, values) ? "values" : $"state {Array.IndexOf(states, array)}";
            trial.Expect(name, array, i => expected.TryGetValue((array, i), out Bounded value) ? value : trial.Before(array, i));
        }
    }

    private sealed record Step(int Rows, int Width, int Depth, int Carried);
}
