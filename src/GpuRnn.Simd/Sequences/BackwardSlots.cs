using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>The backward slots of neighbouring units of one row, straight from memory.</summary>
internal unsafe struct BackwardSlots<TLane> : IStepGradientSlots<TLane>
    where TLane : struct, IVectorLane<TLane>
{
    private readonly StepFrame* _frame;
    private readonly nint _row;
    private readonly nint _unit;

    /// <summary>Points at <paramref name="unit"/> of <paramref name="row"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BackwardSlots(StepFrame* frame, nint row, nint unit)
    {
        _frame = frame;
        _row = row;
        _unit = unit;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLane Input(int slot) => TLane.Load(_frame->Inputs[slot].At(_row, _unit));

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
    public readonly TLane StateGradient(int state) =>
        TLane.Load(_frame->StateGradients[state].At(_row, _unit)) + TLane.Load(_frame->OuterGradients[state].At(_row, _unit));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLane ValueGradient(int slot) => TLane.Load(_frame->ValueGradients[slot].At(_row, _unit));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetInputGradient(int slot, TLane value) => TLane.Store(_frame->InputGradients[slot].At(_row, _unit), value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetProductGradient(int slot, TLane value) => TLane.Store(_frame->ProductGradients[slot].At(_row, _unit), value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddStateGradient(int state, TLane value) => Add(_frame->PreviousGradients[state].At(_row, _unit), value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddNextStateGradient(int state, TLane value) => Add(_frame->StateGradients[state].At(_row, _unit), value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddValueGradient(int slot, TLane value) => Add(_frame->ValueGradients[slot].At(_row, _unit), value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddParameterGradient(int slot, TLane value) => Add(_frame->ParameterGradients[slot].At(_row, _unit), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* target, TLane value) => TLane.Store(target, TLane.Load(target) + value);
}
