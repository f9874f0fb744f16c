using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Tests.Cells;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Recurrent;

/// <summary>
/// The step node kernels against the same node in double precision, one unit at a time, with every slot at a place of its own.
/// </summary>
public sealed class StepNodeTests
{
    private const int SlotCount = UnitSlots.Count;
    private const int InputRow = 2;
    private const int PreviousRow = 1;
    private const int NextRow = 4;
    private const int ValueRow = 3;
    private const int ProductRow = 5;

    /// <summary>Rows and units: none, one, primes, around sixteen, larger.</summary>
    public static TheoryData<int, int> Shapes => new() { { 0, 4 }, { 1, 1 }, { 3, 7 }, { 5, 15 }, { 4, 16 }, { 4, 17 }, { 32, 131 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Elman_AnyShape_MatchesTheDoubleNode(int rows, int width) => Check<ElmanNode<TanhActivation>>(rows, width);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Lstm_AnyShape_MatchesTheDoubleNode(int rows, int width) => Check<LstmNode>(rows, width);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gru_AnyShape_MatchesTheDoubleNode(int rows, int width) => Check<GruNode>(rows, width);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void GruGate_AnyShape_MatchesTheDoubleNode(int rows, int width) => Check<GruGateNode>(rows, width);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void GruCandidate_AnyShape_MatchesTheDoubleNode(int rows, int width) => Check<GruCandidateNode>(rows, width);

    [Fact]
    public void Locate_SharedValueOfARow_IgnoresTheUnit()
    {
        using KernelRunner runner = new();
        DeviceBuffer<int> buffer = runner.Upload(StepSlotTable.Build(new Dictionary<StepSlotKind, IReadOnlyList<StepSlot>>
        {
            [StepSlotKind.Value] = [new StepSlot(10, 4), new StepSlot(100, 1, 0)],
        }));
        ArrayView1D<int, Stride1D.Dense> table = buffer.View;
        Assert.Equal(10 + 8 + 3, StepSlotTable.Locate(table, StepSlotKind.Value, 0, 2, 3));
        Assert.Equal(100 + 2, StepSlotTable.Locate(table, StepSlotKind.Value, 1, 2, 3));
    }

    private static void Check<TNode>(int rows, int width)
        where TNode : struct, IStepNode
    {
        Layout layout = new(rows, width);
        Memory memory = new(layout);
        using KernelRunner runner = new();
        DeviceBuffer<int> table = runner.Upload(layout.Table);
        DeviceBuffer<float> states = runner.Upload(memory.States);
        DeviceBuffer<float> values = runner.Upload(memory.Values);
        DeviceBuffer<float> inputs = runner.Upload(memory.Inputs);
        DeviceBuffer<float> parameters = runner.Upload<float>();
        runner.RunGeneric(
            typeof(StepNodeForward), "Forward", typeof(TNode), rows * width, inputs, runner.Upload(memory.Products), states, values, parameters,
            table, width, InputRow, PreviousRow, NextRow, ValueRow);

        double[] expectedStates = Numbers.Widen(memory.States);
        double[] expectedValues = Numbers.Widen(memory.Values);
        layout.ForEach((row, unit) =>
        {
            UnitSlots slots = Read(layout, memory.Inputs, memory.Products, memory.States, memory.Values, row, unit);
            TNode.Forward<F64, UnitSlots>(ref slots);
            for (int slot = 0; slot < SlotCount; slot++)
            {
                expectedStates[layout.At(StepSlotKind.NextState, slot, NextRow + row, unit)] = slots.NextStates[slot];
                expectedValues[layout.At(StepSlotKind.Value, slot, ValueRow + row, unit)] = slots.Values[slot];
            }
        });
        float[] actualStates = KernelRunner.Read(states);
        float[] actualValues = KernelRunner.Read(values);
        ElementwiseAssert.Close(expectedStates, actualStates, Tolerances.Single(2, 2, 4.0), "states");
        ElementwiseAssert.Close(expectedValues, actualValues, Tolerances.Single(2, 2, 4.0), "values");

        CheckBackward<TNode>(layout, memory, actualStates, actualValues, runner, [inputs, states, values, parameters], table);
    }

    private static void CheckBackward<TNode>(
        Layout layout, Memory memory, float[] states, float[] values, KernelRunner runner, object[] forward, DeviceBuffer<int> table)
        where TNode : struct, IStepNode
    {
        DeviceBuffer<float>[] gradients =
        [
            runner.Upload(memory.InputGradients), runner.Upload(memory.ProductGradients), runner.Upload(memory.StateGradients),
            runner.Upload(memory.ValueGradients), runner.Upload<float>(),
        ];
        runner.RunGeneric(
            typeof(StepNodeBackward), "Backward", typeof(TNode), layout.Rows * layout.Width,
            [.. forward, .. gradients, table, layout.Width, InputRow, PreviousRow, NextRow, ValueRow, ProductRow]);

        double[] inputGradients = Numbers.Widen(memory.InputGradients);
        double[] productGradients = Numbers.Widen(memory.ProductGradients);
        double[] stateGradients = Numbers.Widen(memory.StateGradients);
        double[] valueGradients = Numbers.Widen(memory.ValueGradients);
        layout.ForEach((row, unit) =>
        {
            UnitSlots slots = Read(layout, memory.Inputs, memory.Products, states, values, row, unit) with
            {
                NextStateGradients = Slots(slot => stateGradients[layout.At(StepSlotKind.NextStateGradient, slot, row, unit)]),
                ValueGradients = Slots(slot => valueGradients[layout.At(StepSlotKind.ValueGradient, slot, row, unit)]),
            };
            TNode.Backward<F64, UnitSlots>(ref slots);
            for (int slot = 0; slot < SlotCount; slot++)
            {
                if (slots.InputGradientsSet[slot] > 0)
                {
                    inputGradients[layout.At(StepSlotKind.InputGradient, slot, InputRow + row, unit)] = slots.InputGradients[slot];
                    productGradients[layout.At(StepSlotKind.ProductGradient, slot, ProductRow + row, unit)] = slots.ProductGradients[slot];
                }

                stateGradients[layout.At(StepSlotKind.PreviousStateGradient, slot, row, unit)] += slots.StateGradients[slot];
                stateGradients[layout.At(StepSlotKind.NextStateGradient, slot, row, unit)] = slots.NextStateGradients[slot];
                valueGradients[layout.At(StepSlotKind.ValueGradient, slot, row, unit)] = slots.ValueGradients[slot];
            }
        });
        ToleranceSpec tolerance = Tolerances.Single(2, 4, 4.0);
        ElementwiseAssert.Close(inputGradients, KernelRunner.Read(gradients[0]), tolerance, "input gradients");
        ElementwiseAssert.Close(productGradients, KernelRunner.Read(gradients[1]), tolerance, "product gradients");
        ElementwiseAssert.Close(stateGradients, KernelRunner.Read(gradients[2]), tolerance, "state gradients");
        ElementwiseAssert.Close(valueGradients, KernelRunner.Read(gradients[3]), tolerance, "value gradients");
    }

    private static UnitSlots Read(Layout layout, float[] inputs, float[] products, float[] states, float[] values, int row, int unit) => new()
    {
        Inputs = Slots(slot => inputs[layout.At(StepSlotKind.Input, slot, InputRow + row, unit)]),
        Products = Slots(slot => products[layout.At(StepSlotKind.Product, slot, row, unit)]),
        States = Slots(slot => states[layout.At(StepSlotKind.PreviousState, slot, PreviousRow + row, unit)]),
        NextStates = Slots(slot => states[layout.At(StepSlotKind.NextState, slot, NextRow + row, unit)]),
        Values = Slots(slot => values[layout.At(StepSlotKind.Value, slot, ValueRow + row, unit)]),
    };

    private static double[] Slots(Func<int, double> read) => Numbers.Map(SlotCount, read);

    /// <summary>Slots side by side in rows of their own stride, the second of a pair of kinds behind the first.</summary>
    private sealed class Layout
    {
        private const int LeadingElements = 3;
        private const int RowsBeyond = 6;
        private readonly Dictionary<StepSlotKind, IReadOnlyList<StepSlot>> _slots = [];

        public Layout(int rows, int width)
        {
            Rows = rows;
            Width = width;
            RowStride = (SlotCount * width) + 1;
            ArrayLength = LeadingElements + ((rows + RowsBeyond) * RowStride);
            foreach (StepSlotKind kind in Enum.GetValues<StepSlotKind>())
            {
                bool isSecond = kind is StepSlotKind.NextState or StepSlotKind.NextStateGradient;
                int start = LeadingElements + (isSecond ? ArrayLength : 0);
                _slots[kind] = [.. Enumerable.Range(0, SlotCount).Select(slot => new StepSlot(start + (slot * width), RowStride))];
            }

            Table = StepSlotTable.Build(_slots);
        }

        public int Rows { get; }

        public int Width { get; }

        public int ArrayLength { get; }

        public int[] Table { get; }

        private int RowStride { get; }

        public int At(StepSlotKind kind, int slot, int row, int unit) => _slots[kind][slot].Offset + (row * RowStride) + unit;

        public void ForEach(Action<int, int> visit)
        {
            for (int row = 0; row < Rows; row++)
            {
                for (int unit = 0; unit < Width; unit++)
                {
                    visit(row, unit);
                }
            }
        }
    }

    private sealed class Memory(Layout layout)
    {
        public float[] Inputs { get; } = Numbers.Singles(1, layout.ArrayLength, 2.0);

        public float[] Products { get; } = Numbers.Singles(2, layout.ArrayLength, 2.0);

        public float[] States { get; } = Numbers.Singles(3, 2 * layout.ArrayLength);

        public float[] Values { get; } = Numbers.Singles(4, layout.ArrayLength);

        public float[] InputGradients { get; } = Numbers.Singles(5, layout.ArrayLength);

        public float[] ProductGradients { get; } = Numbers.Singles(6, layout.ArrayLength);

        public float[] StateGradients { get; } = Numbers.Singles(7, 2 * layout.ArrayLength);

        public float[] ValueGradients { get; } = Numbers.Singles(8, layout.ArrayLength);
    }
}
