using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>What a cell's thread holds in registers, seen as the slots of the step's node.</summary>
/// <typeparam name="TGates">The blocks of the step's product.</typeparam>
/// <remarks>The executor takes graphs of one node, at most two states, four values and three learned vectors.</remarks>
internal struct ForwardSlots<TGates> : IStepSlots<F32>
    where TGates : struct, IBlocks<TGates, F32>
{
    public TGates Inputs;
    public TGates Products;
    public F32 Previous0;
    public F32 Previous1;
    public F32 Next0;
    public F32 Next1;
    public F32 Value0;
    public F32 Value1;
    public F32 Value2;
    public F32 Value3;
    public F32 Parameter0;
    public F32 Parameter1;
    public F32 Parameter2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 Input(int slot) => TGates.Block(Inputs, slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 Product(int slot) => TGates.Block(Products, slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 State(int state) => state == 0 ? Previous0 : Previous1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 NextState(int state) => state == 0 ? Next0 : Next1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 Value(int slot) => slot switch
    {
        0 => Value0,
        1 => Value1,
        2 => Value2,
        _ => Value3,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 Parameter(int slot) => slot switch
    {
        0 => Parameter0,
        1 => Parameter1,
        _ => Parameter2,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetState(int state, F32 value)
    {
        if (state == 0)
        {
            Next0 = value;
        }
        else
        {
            Next1 = value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetValue(int slot, F32 value)
    {
        switch (slot)
        {
            case 0:
                Value0 = value;
                break;
            case 1:
                Value1 = value;
                break;
            case 2:
                Value2 = value;
                break;
            default:
                Value3 = value;
                break;
        }
    }
}
