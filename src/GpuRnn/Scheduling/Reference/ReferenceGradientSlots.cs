using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Scheduling.Reference;

/// <summary>The backward slots of one unit of one packed row, straight in the arrays of a pass and its gradients.</summary>
internal readonly struct ReferenceGradientSlots : IStepGradientSlots<F64>
{
    private readonly ReferenceSequencePass _pass;
    private readonly ReferenceSequenceGradients _gradients;
    private readonly PointwiseNode _node;
    private readonly int _row;
    private readonly int _unit;

    /// <summary>Looks at <paramref name="unit"/> of packed row <paramref name="row"/>.</summary>
    public ReferenceGradientSlots(ReferenceSequencePass pass, ReferenceSequenceGradients gradients, PointwiseNode node, int row, int unit)
    {
        _pass = pass;
        _gradients = gradients;
        _node = node;
        _row = row;
        _unit = unit;
    }

    /// <inheritdoc/>
    public F64 Input(int slot)
    {
        return new F64(_pass.Inputs[_pass.InputIndex(_node.FirstInputSlot + slot, _row, _unit)]);
    }

    /// <inheritdoc/>
    public F64 State(int state)
    {
        return new F64(_pass.PreviousStates[state][_pass.StateIndex(state, _row, _node.FirstUnit + _unit)]);
    }

    /// <inheritdoc/>
    public F64 NextState(int state)
    {
        return new F64(_pass.States[state][_pass.StateIndex(state, _row, _node.FirstUnit + _unit)]);
    }

    /// <inheritdoc/>
    public F64 Value(int slot)
    {
        return new F64(_pass.Values[slot][_pass.ValueIndex(slot, _row, _unit)]);
    }

    /// <inheritdoc/>
    public F64 Parameter(int slot)
    {
        return new F64(_pass.Vector(slot)[_unit]);
    }

    /// <inheritdoc/>
    public F64 StateGradient(int state)
    {
        return new F64(_gradients.States[state][_pass.StateIndex(state, _row, _node.FirstUnit + _unit)]);
    }

    /// <inheritdoc/>
    public F64 ValueGradient(int slot)
    {
        return new F64(_gradients.Values[slot][_pass.ValueIndex(slot, _row, _unit)]);
    }

    /// <inheritdoc/>
    public void SetInputGradient(int slot, F64 value)
    {
        _gradients.Inputs[_pass.InputIndex(_node.FirstInputSlot + slot, _row, _unit)] = value.Value;
    }

    /// <inheritdoc/>
    public void SetProductGradient(int slot, F64 value)
    {
        _gradients.Products[_pass.ProductIndex(_node.FirstProductSlot + slot, _row, _unit)] = value.Value;
    }

    /// <inheritdoc/>
    public void AddStateGradient(int state, F64 value)
    {
        _gradients.PreviousStates[state][_pass.StateIndex(state, _row, _node.FirstUnit + _unit)] += value.Value;
    }

    /// <inheritdoc/>
    public void AddNextStateGradient(int state, F64 value)
    {
        _gradients.States[state][_pass.StateIndex(state, _row, _node.FirstUnit + _unit)] += value.Value;
    }

    /// <inheritdoc/>
    public void AddValueGradient(int slot, F64 value)
    {
        _gradients.Values[slot][_pass.ValueIndex(slot, _row, _unit)] += value.Value;
    }

    /// <inheritdoc/>
    public void AddParameterGradient(int slot, F64 value)
    {
        _gradients.Parameters[_pass.Graph.Parameters[slot].Name][_unit] += value.Value;
    }
}
