using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>What a cell's thread holds in registers in the backward pass, seen as the slots of the step's node.</summary>
/// <typeparam name="TGates">The blocks of the step's product.</typeparam>
/// <remarks>
/// The graph has one node, so nothing else reads its values, and it reads no state of step t that another wrote: gradients of values are
/// zero, and none is added to those of states and values at t.
/// </remarks>
internal struct BackwardSlots<TGates> : IStepGradientSlots<F32>
    where TGates : struct, IBlocks<TGates, F32>
{
    public TGates Inputs;
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
    public F32 Gradient0;
    public F32 Gradient1;
    public F32 Carry0;
    public F32 Carry1;
    public F32 InputGradient0;
    public F32 InputGradient1;
    public F32 InputGradient2;
    public F32 InputGradient3;
    public F32 ProductGradient0;
    public F32 ProductGradient1;
    public F32 ProductGradient2;
    public F32 ProductGradient3;
    public F32 ParameterGradient0;
    public F32 ParameterGradient1;
    public F32 ParameterGradient2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 Input(int slot) => TGates.Block(Inputs, slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 State(int state) => state == 0 ? Previous0 : Previous1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 NextState(int state) => state == 0 ? Next0 : Next1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 Value(int slot) => Choose(slot, Value0, Value1, Value2, Value3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 Parameter(int slot) => Choose(slot, Parameter0, Parameter1, Parameter2, F32.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 StateGradient(int state) => state == 0 ? Gradient0 : Gradient1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 ValueGradient(int slot) => F32.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetInputGradient(int slot, F32 value)
    {
        switch (slot)
        {
            case 0:
                InputGradient0 = value;
                break;
            case 1:
                InputGradient1 = value;
                break;
            case 2:
                InputGradient2 = value;
                break;
            default:
                InputGradient3 = value;
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetProductGradient(int slot, F32 value)
    {
        switch (slot)
        {
            case 0:
                ProductGradient0 = value;
                break;
            case 1:
                ProductGradient1 = value;
                break;
            case 2:
                ProductGradient2 = value;
                break;
            default:
                ProductGradient3 = value;
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddStateGradient(int state, F32 value)
    {
        if (state == 0)
        {
            Carry0 += value;
        }
        else
        {
            Carry1 += value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddNextStateGradient(int state, F32 value)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddValueGradient(int slot, F32 value)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddParameterGradient(int slot, F32 value)
    {
        switch (slot)
        {
            case 0:
                ParameterGradient0 += value;
                break;
            case 1:
                ParameterGradient1 += value;
                break;
            default:
                ParameterGradient2 += value;
                break;
        }
    }

    /// <summary>The gradient of an input slot, which the node has set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 InputGradient(int slot) => Choose(slot, InputGradient0, InputGradient1, InputGradient2, InputGradient3);

    /// <summary>The gradient of a product block, which the node has set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F32 ProductGradient(int slot) => Choose(slot, ProductGradient0, ProductGradient1, ProductGradient2, ProductGradient3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F32 Choose(int slot, F32 first, F32 second, F32 third, F32 fourth) => slot switch
    {
        0 => first,
        1 => second,
        2 => third,
        _ => fourth,
    };
}
