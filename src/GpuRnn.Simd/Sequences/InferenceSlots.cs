using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>The forward slots of the only node of a step whose values nobody reads behind it: they are not stored.</summary>
/// <remarks>
/// Inputs are at offsets of one row, as products are, so that a slot's address takes one load. Measured on a Zen 5 core: a register of an LSTM takes 19.0 ns
/// in place of 21.1 (docs/performance.md).
/// </remarks>
internal readonly unsafe struct InferenceSlots<TLane> : IStepSlots<TLane>
    where TLane : struct, IVectorLane<TLane>
{
    private readonly StepFrame* _frame;
    private readonly nint _row;
    private readonly nint _unit;
    private readonly float* _products;
    private readonly float* _inputs;

    /// <summary>Points at <paramref name="unit"/> of <paramref name="row"/>, which are that unit of <paramref name="products"/> and <paramref name="inputs"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public InferenceSlots(StepFrame* frame, nint row, nint unit, float* products, float* inputs)
    {
        _frame = frame;
        _row = row;
        _unit = unit;
        _products = products;
        _inputs = inputs;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Input(int slot) => TLane.Load(_inputs + _frame->InputOffsets[slot]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Product(int slot) => TLane.Load(_products + _frame->ProductOffsets[slot]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane State(int state) => TLane.Load(_frame->PreviousStates[state].At(_row, _unit));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane NextState(int state) => TLane.Load(_frame->NextStates[state].At(_row, _unit));

    /// <inheritdoc/>
    public TLane Value(int slot) =>
        throw new InvalidOperationException($"InferenceSlots.Value: the only node of a step reads value {slot}, which no node before it wrote.");

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Parameter(int slot) => TLane.Load(_frame->Parameters[slot].At(_row, _unit));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetState(int state, TLane value) => TLane.Store(_frame->NextStates[state].At(_row, _unit), value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetValue(int slot, TLane value)
    {
    }
}
