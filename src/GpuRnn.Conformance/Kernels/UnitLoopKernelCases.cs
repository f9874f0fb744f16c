using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels that run all steps of units which hear only their own past.</summary>
internal static class UnitLoopKernelCases
{
    private static readonly int[][] s_rowCounts = [[1], [3, 3, 1], [4, 2, 2, 1, 1]];
    private static readonly int[] s_widths = [1, 16, 35];

    public static IEnumerable<KernelCase> All() =>
        from kernel in KernelCatalog.All
        where kernel.DeclaringType == typeof(UnitLoopForward) || kernel.DeclaringType == typeof(UnitLoopBackward)
        from shape in s_rowCounts.Zip(s_widths)
        from isReverse in new[] { false, true }
        select new KernelCase(
            kernel,
            $"rows={string.Join("+", shape.First)} width={shape.Second}{(isReverse ? " reverse" : "")}",
            trial => Run(kernel, trial, new Loop(shape.First, shape.Second, isReverse)));

    private static void Run(MethodInfo kernel, KernelTrial trial, Loop loop)
    {
        string body = kernel.DeclaringType == typeof(UnitLoopForward) ? nameof(Forward) : nameof(Backward);
        MethodInfo check = typeof(UnitLoopKernelCases).GetMethod(body, BindingFlags.NonPublic | BindingFlags.Static)!;
        check.MakeGenericMethod(kernel.GetGenericArguments()).CreateDelegate<Action<KernelTrial, Loop>>()(trial, loop);
    }

    private static void Forward<TNode, TLane>(KernelTrial trial, Loop loop)
        where TNode : struct, IStepNode
        where TLane : struct, IVectorReal<TLane>
    {
        Arrays arrays = new(trial, loop);
        int vectors = (loop.Width + TLane.Count - 1) / TLane.Count;
        trial.Launch(
            loop.Config(vectors),
            arrays.Inputs, arrays.Initial[0], arrays.Initial[1], arrays.Initial[2], arrays.States[0], arrays.States[1], arrays.States[2], arrays.Values,
            arrays.Parameters, loop.Slots.Table, loop.Table, loop.Width, vectors, loop.Rows, loop.RowCounts.Length, loop.IsReverse ? 1 : 0, 1);

        Dictionary<(float[] Array, int Element), Bounded> expected = [];
        foreach ((int row, int unit) in loop.Units())
        {
            Dictionary<int, Bounded> past = [];
            foreach (int packed in loop.PackedRows(row))
            {
                Dictionary<(StepSlotKind Kind, int Slot), Bounded> written = [];
                BoundedSlots slots = new(
                    (kind, slot) => kind == StepSlotKind.PreviousState
                        ? past.TryGetValue(slot, out Bounded state) ? state : trial.Before(arrays.Initial[slot], loop.Slots.State(slot, row, unit))
                        : arrays.Read(kind, slot, packed, unit),
                    written);
                TNode.Forward<Bounded, BoundedSlots>(ref slots);
                foreach (((StepSlotKind kind, int slot), Bounded value) in written)
                {
                    expected[arrays.Place(kind, slot, packed, unit)] = value;
                    if (kind == StepSlotKind.NextState)
                    {
                        past[slot] = value;
                    }
                }
            }
        }

        Expect(trial, expected);
    }

    private static void Backward<TNode, TLane>(KernelTrial trial, Loop loop)
        where TNode : struct, IStepNode
        where TLane : struct, IVectorReal<TLane>
    {
        Arrays arrays = new(trial, loop);
        NodeSlotsLayout layout = loop.Slots;
        int vectors = (loop.Width + TLane.Count - 1) / TLane.Count;
        float[] inputGradients = trial.Numbers(loop.TotalRows * layout.SharedStride);
        float[] stateGradients = trial.Numbers(loop.Rows * layout.SharedStride);
        float[] parameterGradients = trial.Numbers(loop.Rows * layout.SharedStride);
        float[][] outside = [.. Enumerable.Range(0, NodeSlotsLayout.StateCount).Select(state => trial.Numbers(loop.TotalRows * (loop.Width + state), 1f))];

        // State 2 gets no gradient from outside.
        trial.Launch(
            loop.Config(vectors),
            arrays.Inputs, arrays.Initial[0], arrays.Initial[1], arrays.Initial[2], arrays.States[0], arrays.States[1], arrays.States[2], arrays.Values,
            arrays.Parameters, inputGradients, outside[0], outside[1], outside[2], stateGradients, parameterGradients, layout.Table, loop.Table,
            loop.Width, vectors, loop.Rows, loop.RowCounts.Length, loop.IsReverse ? 1 : 0, NodeSlotsLayout.StateCount, loop.Width, loop.Width + 1, 0);

        Dictionary<(float[] Array, int Element), Bounded> expected = [];
        foreach ((int row, int unit) in loop.Units())
        {
            int[] steps = [.. loop.PackedRows(row)];
            Bounded[] gradient = [.. Enumerable.Range(0, NodeSlotsLayout.StateCount)
                .Select(state => trial.Before(stateGradients, layout.Shared(StepSlotKind.NextStateGradient, state, row, unit)))];
            Dictionary<int, Bounded> ofParameters = [];
            for (int order = steps.Length - 1; order >= 0; order--)
            {
                int packed = steps[order];
                Bounded[] total = [.. gradient.Select((value, state) =>
                    state == 2 ? value : value + trial.Before(outside[state], (packed * (loop.Width + state)) + unit))];
                Dictionary<(StepSlotKind Kind, int Slot), Bounded> written = [];
                BoundedSlots slots = new(
                    (kind, slot) => kind switch
                    {
                        StepSlotKind.PreviousState => order == 0
                            ? trial.Before(arrays.Initial[slot], layout.State(slot, row, unit))
                            : trial.Before(arrays.States[slot], layout.State(slot, steps[order - 1], unit)),
                        StepSlotKind.NextStateGradient => total[slot],
                        StepSlotKind.PreviousStateGradient or StepSlotKind.ValueGradient => Bounded.Zero,
                        StepSlotKind.ParameterGradient => ofParameters.TryGetValue(slot, out Bounded sum)
                            ? sum
                            : trial.Before(parameterGradients, layout.Shared(StepSlotKind.ParameterGradient, slot, row, unit)),
                        _ => arrays.Read(kind, slot, packed, unit),
                    },
                    written);
                TNode.Backward<Bounded, BoundedSlots>(ref slots);
                gradient = [.. gradient.Select((_, state) => written.TryGetValue((StepSlotKind.PreviousStateGradient, state), out Bounded value) ? value : Bounded.Zero)];
                foreach (((StepSlotKind kind, int slot), Bounded value) in written)
                {
                    if (kind == StepSlotKind.InputGradient)
                    {
                        expected[(inputGradients, layout.Shared(kind, slot, packed, unit))] = value;
                    }
                    else if (kind == StepSlotKind.ParameterGradient)
                    {
                        ofParameters[slot] = value;
                        expected[(parameterGradients, layout.Shared(kind, slot, row, unit))] = value;
                    }
                }
            }

            for (int state = 0; state < gradient.Length; state++)
            {
                expected[(stateGradients, layout.Shared(StepSlotKind.NextStateGradient, state, row, unit))] = gradient[state];
            }
        }

        Expect(trial, expected);
    }

    private static void Expect(KernelTrial trial, Dictionary<(float[] Array, int Element), Bounded> expected)
    {
        int number = 0;
        foreach (float[] array in expected.Keys.Select(key => key.Array).Distinct())
        {
            trial.Expect($"result {number++}", array, i => expected.TryGetValue((array, i), out Bounded value) ? value : trial.Before(array, i));
        }
    }

    /// <summary>What the forward pass reads and writes.</summary>
    private sealed class Arrays
    {
        private readonly KernelTrial _trial;
        private readonly Loop _loop;

        public Arrays(KernelTrial trial, Loop loop)
        {
            _trial = trial;
            _loop = loop;
            float[] Shared() => trial.Numbers(loop.TotalRows * loop.Slots.SharedStride, 1f);
            (Inputs, Values, Parameters) = (Shared(), Shared(), Shared());
            IEnumerable<int> states = Enumerable.Range(0, NodeSlotsLayout.StateCount);
            Initial = [.. states.Select(state => trial.Numbers(loop.Rows * loop.Slots.StateStride(state), 1f))];
            States = [.. states.Select(state => trial.Numbers(loop.TotalRows * loop.Slots.StateStride(state), 1f))];
        }

        public float[] Inputs { get; }

        public float[] Values { get; }

        public float[] Parameters { get; }

        public float[][] Initial { get; }

        public float[][] States { get; }

        public (float[] Array, int Element) Place(StepSlotKind kind, int slot, int packed, int unit) => kind switch
        {
            StepSlotKind.NextState => (States[slot], _loop.Slots.State(slot, packed, unit)),
            StepSlotKind.Value => (Values, _loop.Slots.Shared(kind, slot, packed, unit)),
            StepSlotKind.Input => (Inputs, _loop.Slots.Shared(kind, slot, packed, unit)),
            _ => (Parameters, _loop.Slots.Shared(kind, slot, 0, unit)),
        };

        public Bounded Read(StepSlotKind kind, int slot, int packed, int unit)
        {
            (float[] array, int element) = Place(kind, slot, packed, unit);
            return _trial.Before(array, element);
        }
    }

    /// <summary>The steps and the rows of each.</summary>
    private sealed record Loop(int[] RowCounts, int Width, bool IsReverse)
    {
        private const int GroupSize = 4;

        public NodeSlotsLayout Slots { get; } = new(Width);

        public int Rows => RowCounts[0];

        public int TotalRows => RowCounts.Sum();

        /// <summary>The first packed row of each step, then the steps of each row.</summary>
        public int[] Table => [.. RowCounts.Select((_, step) => RowCounts[..step].Sum()), .. Enumerable.Range(0, Rows).Select(Length)];

        public KernelConfig Config(int vectors) => new(new Index1D(((Rows * vectors) + GroupSize - 1) / GroupSize), new Index1D(GroupSize));

        public IEnumerable<(int Row, int Unit)> Units() =>
            from row in Enumerable.Range(0, Rows)
            from unit in Enumerable.Range(0, Width)
            select (row, unit);

        /// <summary>A row's place among all packed rows, step after step in the order of the loop.</summary>
        public IEnumerable<int> PackedRows(int row)
        {
            IEnumerable<int> steps = Enumerable.Range(0, Length(row)).Select(step => RowCounts[..step].Sum() + row);
            return IsReverse ? steps.Reverse() : steps;
        }

        private int Length(int row) => RowCounts.Count(count => count > row);
    }
}
