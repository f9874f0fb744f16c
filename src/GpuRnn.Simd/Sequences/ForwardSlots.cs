using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>The forward slots of neighbouring units of one row, straight from memory.</summary>
internal unsafe struct ForwardSlots<TLane> : IStepSlots<TLane>
    where TLane : struct, IVectorLane<TLane>
{
    private readonly StepFrame* _frame;
    private readonly nint _row;
    private readonly nint _unit;
    private readonly float* _products;

    /// <summary>Points at <paramref name="unit"/> of <paramref name="row"/>; <paramref name="products"/> is that unit in the scratch tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ForwardSlots(StepFrame* frame, nint row, nint unit, float* products)
    {
        _frame = frame;
        _row = row;
        _unit = unit;
        _products = products;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLane Input(int slot) => TLane.Load(_frame->Inputs[slot].At(_row, _unit));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLane Product(int slot) => TLane.Load(_products + _frame->ProductOffsets[slot]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLane State(int state) => TLane.Load(_frame->PreviousStates[state].At(_row, _unit));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLane NextState(int state) => TLane.Load(_frame->NextStates[state].At(_row, _unit));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLane Value(int slot) => TLane.Load(_frame->Values[slot].At(_row, _unit));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLane Parameter(int slot) => TLane.Load(_frame->Parameters[slot].At(_row, _unit));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetState(int state, TLane value) => TLane.Store(_frame->NextStates[state].At(_row, _unit), value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetValue(int slot, TLane value) => TLane.Store(_frame->Values[slot].At(_row, _unit), value);
}
