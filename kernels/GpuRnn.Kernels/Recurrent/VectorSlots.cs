using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Recurrent;

/// <summary>The forward slots of neighbouring units of one row, found through a <see cref="StepSlotTable"/>, with each state's history in a view of its own.</summary>
/// <typeparam name="TLane">The device's vector.</typeparam>
internal struct VectorSlots<TLane> : IStepSlots<TLane>
    where TLane : struct, IVectorReal<TLane>
{
    public ArrayView<float> Inputs;
    public ArrayView<float> Products;
    public ArrayView<float> Initial0;
    public ArrayView<float> Initial1;
    public ArrayView<float> Initial2;
    public ArrayView<float> States0;
    public ArrayView<float> States1;
    public ArrayView<float> States2;
    public ArrayView<float> Values;
    public ArrayView<float> Parameters;
    public ArrayView1D<int, Stride1D.Dense> Table;
    public int Unit;
    public int Count;
    public int Row;
    public int InputRow;
    public bool IsCarried;
    public int PreviousRow;
    public int NextRow;
    public int ValueRow;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Input(int slot) => TLane.LoadFirst(Inputs, Locate(StepSlotKind.Input, slot, InputRow), Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Product(int slot) => TLane.LoadFirst(Products, Locate(StepSlotKind.Product, slot, Row), Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane State(int state)
    {
        ArrayView<float> memory;
        int at;
        if (IsCarried)
        {
            memory = state == 0 ? States0 : state == 1 ? States1 : States2;
            at = Locate(StepSlotKind.PreviousState, state, PreviousRow);
        }
        else
        {
            memory = state == 0 ? Initial0 : state == 1 ? Initial1 : Initial2;
            at = Locate(StepSlotKind.InitialState, state, Row);
        }

        return TLane.LoadFirst(memory, at, Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane NextState(int state) =>
        TLane.LoadFirst(state == 0 ? States0 : state == 1 ? States1 : States2, Locate(StepSlotKind.NextState, state, NextRow), Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Value(int slot) => TLane.LoadFirst(Values, Locate(StepSlotKind.Value, slot, ValueRow), Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Parameter(int slot) => TLane.LoadFirst(Parameters, Locate(StepSlotKind.Parameter, slot, 0), Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetState(int state, TLane value) =>
        TLane.StoreFirst(state == 0 ? States0 : state == 1 ? States1 : States2, Locate(StepSlotKind.NextState, state, NextRow), Count, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetValue(int slot, TLane value) => TLane.StoreFirst(Values, Locate(StepSlotKind.Value, slot, ValueRow), Count, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Locate(StepSlotKind kind, int slot, int row) => StepSlotTable.Locate(Table, kind, slot, row, Unit);
}
