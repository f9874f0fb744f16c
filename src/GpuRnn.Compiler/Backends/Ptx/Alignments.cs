using System.Numerics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>The powers of two, up to 16, of which addresses and numbers are multiples for sure.</summary>
/// <remarks>
/// Alignment comes from <see cref="IrOpcode.AlignedAddress"/> and from arrays, which begin at multiples of 16, and is carried through indices.
/// A number that changes in a loop is a multiple of what all of its values are: it is taken for a multiple of 16 while those are looked at,
/// which the first of them corrects. Every operation here gives at least the least of its operands, so one look is enough.
/// </remarks>
internal sealed class Alignments
{
    /// <summary>The bytes of the widest access.</summary>
    internal const int Maximum = 16;

    // Parameters within parameters; deeper ones are not looked at.
    private const int MostNested = 6;

    private readonly Dictionary<IrBlockParameter, List<IrValue>> _incoming = [];
    private readonly List<IrBlockParameter> _open = [];

    internal Alignments(IrFunction function)
    {
        foreach (IrEdge edge in function.Blocks.SelectMany(block => block.Edges))
        {
            for (int i = 0; i < edge.Arguments.Count; i++)
            {
                IrBlockParameter parameter = edge.Target.Parameters[i];
                if (!_incoming.TryGetValue(parameter, out List<IrValue>? values))
                {
                    _incoming[parameter] = values = [];
                }

                values.Add(edge.Arguments[i]);
            }
        }
    }

    internal long Of(AddressPlace place) =>
        Math.Min(OfAddress(place.Pointer), place.Index is null ? Maximum : MultipleOf(place.Index) * PowerOf2(place.Scale));

    private long OfAddress(IrValue address)
    {
        switch (address)
        {
            case IrInstruction { Opcode: IrOpcode.AlignedAddress } aligned:
                return Math.Max(aligned.Immediate, OfAddress(aligned.Operands[0]));
            case IrInstruction { Opcode: IrOpcode.SharedArray or IrOpcode.LocalArray or IrOpcode.DynamicSharedArray }:
                return Maximum;
            case IrInstruction step when AddressParts.IsAddress(step):
                (AddressPlace place, long offset) = AddressPlace.Of(step);
                return Math.Min(Of(place), MultipleOf(IrConstant.Of(offset)));
            default:
                return 1;
        }
    }

    private long MultipleOf(IrValue number) => number switch
    {
        IrConstant constant => constant.Bits == 0 ? Maximum : PowerOf2(constant.Bits),
        IrBlockParameter parameter => MultipleOfAll(parameter),
        IrInstruction { Opcode: IrOpcode.Multiply } product => Math.Min(Maximum, MultipleOf(product.Operands[0]) * MultipleOf(product.Operands[1])),
        IrInstruction { Opcode: IrOpcode.Add or IrOpcode.Subtract } sum => Math.Min(MultipleOf(sum.Operands[0]), MultipleOf(sum.Operands[1])),
        IrInstruction { Opcode: IrOpcode.Select } choice => Math.Min(MultipleOf(choice.Operands[1]), MultipleOf(choice.Operands[2])),
        IrInstruction { Opcode: IrOpcode.ShiftLeft } shifted when shifted.Operands[1] is IrConstant { Bits: >= 0 and < 5 } by =>
            Math.Min(Maximum, MultipleOf(shifted.Operands[0]) << (int)by.Bits),
        IrInstruction { Opcode: IrOpcode.And } masked when masked.Operands[1] is IrConstant mask => Math.Max(MultipleOf(masked.Operands[0]), MultipleOf(mask)),
        IrInstruction { Opcode: IrOpcode.Convert } converted when converted.Operands[0].Type.IsInteger => MultipleOf(converted.Operands[0]),
        _ => 1,
    };

    private long MultipleOfAll(IrBlockParameter parameter)
    {
        if (_open.Contains(parameter))
        {
            return Maximum;
        }

        if (!_incoming.TryGetValue(parameter, out List<IrValue>? values) || _open.Count == MostNested)
        {
            return 1;
        }

        _open.Add(parameter);
        long least = values.Min(MultipleOf);
        _open.Remove(parameter);
        return least;
    }

    private static long PowerOf2(long number) => Math.Min(Maximum, 1L << BitOperations.TrailingZeroCount(number));
}
