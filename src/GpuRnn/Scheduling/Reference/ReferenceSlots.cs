using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Scheduling.Reference;

/// <summary>The forward slots of one unit of one packed row, straight in the arrays of a pass.</summary>
internal readonly struct ReferenceSlots : IStepSlots<F64>
{
    private readonly ReferenceSequencePass _pass;
    private readonly PointwiseNode _node;
    private readonly int _row;
    private readonly int _unit;

    /// <summary>Looks at <paramref name="unit"/> of packed row <paramref name="row"/>.</summary>
    public ReferenceSlots(ReferenceSequencePass pass, PointwiseNode node, int row, int unit)
    {
        _pass = pass;
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
    public F64 Product(int slot)
    {
        return new F64(_pass.Products[_pass.ProductIndex(_node.FirstProductSlot + slot, _row, _unit)]);
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
    public void SetState(int state, F64 value)
    {
        _pass.States[state][_pass.StateIndex(state, _row, _node.FirstUnit + _unit)] = value.Value;
    }

    /// <inheritdoc/>
    public void SetValue(int slot, F64 value)
    {
        _pass.Values[slot][_pass.ValueIndex(slot, _row, _unit)] = value.Value;
    }
}
