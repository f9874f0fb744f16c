using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels of the cells' nodes; a new node takes part by itself.</summary>
internal static class StepNodeKernelCases
{
    private static readonly (int Rows, int Width)[] s_shapes = [(0, 4), (1, 1), (3, 7), (5, 15), (4, 16), (4, 17), (32, 131)];

    public static IEnumerable<KernelCase> All() =>
        KernelCatalog.All
            .Where(kernel => kernel.DeclaringType == typeof(StepNodeForward) || kernel.DeclaringType == typeof(StepNodeBackward) || IsOfVectors(kernel))
            .SelectMany(kernel => s_shapes.Select(shape => new KernelCase(
                kernel, $"rows={shape.Rows} width={shape.Width}", trial => Run(kernel, trial, new StepNodeLayout(shape.Rows, shape.Width)))));

    private static void Run(MethodInfo kernel, KernelTrial trial, StepNodeLayout layout)
    {
        string body = kernel.DeclaringType == typeof(StepNodeForward) ? nameof(Forward) : IsOfVectors(kernel) ? nameof(VectorBackward) : nameof(Backward);
        MethodInfo generic = typeof(StepNodeKernelCases).GetMethod(body, BindingFlags.NonPublic | BindingFlags.Static)!;
        generic.MakeGenericMethod(kernel.GetGenericArguments()).CreateDelegate<Action<KernelTrial, StepNodeLayout>>()(trial, layout);
    }

    private static bool IsOfVectors(MethodInfo kernel) => kernel.DeclaringType == typeof(VectorNodeBackward);

    private static void Forward<TNode>(KernelTrial trial, StepNodeLayout layout)
        where TNode : struct, IStepNode
    {
        float[] inputs = trial.Numbers(layout.ArrayLength);
        float[] products = trial.Numbers(layout.ArrayLength);
        float[] states = trial.Numbers(layout.ArrayLength, 1f);
        float[] values = trial.Numbers(layout.ArrayLength, 1f);
        float[] parameters = trial.Numbers(layout.ArrayLength);
        trial.Launch(
            (Index1D)(layout.Rows * layout.Width), inputs, products, states, values, parameters, layout.Table, layout.Width,
            StepNodeLayout.InputRow, StepNodeLayout.PreviousRow, StepNodeLayout.NextRow, StepNodeLayout.ValueRow);
        Expect(trial, layout, slots => TNode.Forward<Bounded, BoundedSlots>(ref slots), kind => kind switch
        {
            StepSlotKind.Input => inputs,
            StepSlotKind.Product => products,
            StepSlotKind.PreviousState or StepSlotKind.NextState => states,
            StepSlotKind.Value => values,
            _ => parameters,
        });
    }

    private static void Backward<TNode>(KernelTrial trial, StepNodeLayout layout)
        where TNode : struct, IStepNode =>
        CheckBackward<TNode>(trial, layout, arguments => trial.Launch((Index1D)(layout.Rows * layout.Width), arguments));

    private static void VectorBackward<TNode, TLane>(KernelTrial trial, StepNodeLayout layout)
        where TNode : struct, IStepNode
        where TLane : struct, IVectorReal<TLane> =>
        CheckBackward<TNode>(trial, layout, arguments =>
        {
            Index2D vectors = new(layout.Rows, (layout.Width + TLane.Count - 1) / TLane.Count);
            if (layout.Rows > 0)
            {
                trial.Launch(new KernelConfig(vectors, new Index2D(1, 1)), arguments);
            }
            else
            {
                trial.SkipLaunch(arguments);
            }
        });

    private static void CheckBackward<TNode>(KernelTrial trial, StepNodeLayout layout, Action<object[]> launch)
        where TNode : struct, IStepNode
    {
        float[] inputs = trial.Numbers(layout.ArrayLength);
        float[] states = trial.Numbers(layout.ArrayLength, 1f);
        float[] values = trial.Numbers(layout.ArrayLength, 1f);
        float[] parameters = trial.Numbers(layout.ArrayLength);
        float[] inputGradients = trial.Numbers(layout.ArrayLength);
        float[] productGradients = trial.Numbers(layout.ArrayLength);
        float[] stateGradients = trial.Numbers(layout.ArrayLength);
        float[] valueGradients = trial.Numbers(layout.ArrayLength);
        float[] parameterGradients = trial.Numbers(layout.ArrayLength);
        launch(
        [
            inputs, states, values, parameters, inputGradients, productGradients, stateGradients,
            valueGradients, parameterGradients, layout.Table, layout.Width, StepNodeLayout.InputRow, StepNodeLayout.PreviousRow,
            StepNodeLayout.NextRow, StepNodeLayout.ValueRow, StepNodeLayout.ProductRow,
        ]);
        Expect(trial, layout, slots => TNode.Backward<Bounded, BoundedSlots>(ref slots), kind => kind switch
        {
            StepSlotKind.Input => inputs,
            StepSlotKind.PreviousState or StepSlotKind.NextState => states,
            StepSlotKind.Value => values,
            StepSlotKind.Parameter => parameters,
            StepSlotKind.InputGradient => inputGradients,
            StepSlotKind.ProductGradient => productGradients,
            StepSlotKind.PreviousStateGradient or StepSlotKind.NextStateGradient => stateGradients,
            StepSlotKind.ValueGradient => valueGradients,
            _ => parameterGradients,
        });
    }

    // What the node writes at each row and unit; every other element keeps its bits.
    private static void Expect(KernelTrial trial, StepNodeLayout layout, Action<BoundedSlots> run, Func<StepSlotKind, float[]> arrayOf)
    {
        Dictionary<(float[] Array, int Element), (StepSlotKind Kind, Bounded Value)> expected = [];
        for (int row = 0; row < layout.Rows; row++)
        {
            for (int unit = 0; unit < layout.Width; unit++)
            {
                (int r, int u) = (row, unit);
                Dictionary<(StepSlotKind Kind, int Slot), Bounded> written = [];
                run(new BoundedSlots((kind, slot) => trial.Before(arrayOf(kind), layout.At(kind, slot, r, u)), written));
                foreach (((StepSlotKind kind, int slot), Bounded value) in written)
                {
                    expected[(arrayOf(kind), layout.At(kind, slot, r, u))] = (kind, value);
                }
            }
        }

        foreach (IGrouping<float[], StepSlotKind> array in expected.GroupBy(one => one.Key.Array, one => one.Value.Kind))
        {
            trial.Expect(string.Join(" and ", array.Distinct()), array.Key, i =>
                expected.TryGetValue((array.Key, i), out (StepSlotKind Kind, Bounded Value) one) ? one.Value : trial.Before(array.Key, i));
        }
    }
}
