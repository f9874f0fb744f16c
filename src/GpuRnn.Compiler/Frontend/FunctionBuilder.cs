using System.Reflection;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Frontend;

/// <summary>Appends instructions to the current block, folding what is known at once.</summary>
internal sealed class FunctionBuilder(IrFunction function)
{
    private readonly IrBlock _variables = function.AddBlock();
    private readonly Dictionary<MethodBase, MethodCode?> _codes = [];

    internal IrFunction Function { get; } = function;

    /// <summary>What becomes an instruction; the rest is inlined from a body.</summary>
    internal DeviceWords Words { get; init; } = DeviceWords.Portable;

    /// <summary>The block that receives the next instruction; null while the code being read cannot be reached.</summary>
    internal IrBlock? Current { get; set; }

    /// <summary>The source line given to new instructions.</summary>
    internal string? Source { get; set; }

    /// <summary>A method's body; null when it has none.</summary>
    internal MethodCode? CodeOf(MethodBase method)
    {
        if (!_codes.TryGetValue(method, out MethodCode? code))
        {
            _codes[method] = code = MethodCode.Read(method);
        }

        return code;
    }

    /// <summary>Lets the entry, which holds the variables, go on to the first real block.</summary>
    internal void Begin()
    {
        Current = Function.AddBlock();
        _variables.SetJump(new IrEdge(Current));
    }

    internal IrInstruction Variable(IReadOnlyList<IrType> leaves)
    {
        IrType pointee = leaves.Count == 1 ? leaves[0] : IrType.Void;
        IrInstruction variable = new(IrOpcode.Alloca, IrType.Pointer(pointee, AddressSpace.Private), Function.NextId(), []) { Leaves = leaves };
        _variables.Append(variable);
        return variable;
    }

    internal IrValue Emit(IrOpcode opcode, IrType type, params IrValue[] operands) => Emit(opcode, type, 0, operands);

    internal IrValue Emit(IrOpcode opcode, IrType type, int immediate, params IrValue[] operands)
    {
        IrValue? known = Simplifier.Simplify(opcode, type, operands, immediate);
        if (known is not null)
        {
            return known;
        }

        IrInstruction instruction = new(opcode, type, Function.NextId(), operands) { Immediate = immediate, Source = Source };
        Current!.Append(instruction);
        return instruction;
    }

    internal IrValue Load(IrValue address, IrType leaf) => Emit(IrOpcode.Load, IrType.Loaded(leaf), address);

    internal void Store(IrValue address, IrValue value, IrType leaf) =>
        Emit(IrOpcode.Store, IrType.Void, address, Coerce(value, IrType.Loaded(leaf)));

    /// <summary>The address of leaf <paramref name="leaf"/> of the <paramref name="leaves"/> of a <paramref name="type"/> behind an address.</summary>
    internal IrValue LeafAddress(IrValue address, Type type, IReadOnlyList<IrType> leaves, int leaf) =>
        leaves.Count == 1 ? address : LeafAddress(address, type, leaf, leaves[leaf]);

    /// <summary>The address of what begins with leaf <paramref name="leaf"/> of a struct; <see cref="IrType.Void"/> for a struct in it.</summary>
    internal IrValue LeafAddress(IrValue address, Type type, int leaf, IrType pointee)
    {
        IrInstruction instruction = new(IrOpcode.LeafAddress, IrType.Pointer(pointee, address.Type.Space), Function.NextId(), [address])
        {
            Immediate = leaf, Struct = type, Source = Source,
        };
        Current!.Append(instruction);
        return instruction;
    }

    /// <summary>The same address, at which something else is seen.</summary>
    internal IrValue PointTo(IrValue address, IrType pointer) => address.Type.Element == pointer.Element && address.Type.Lanes == pointer.Lanes
        ? address
        : Emit(IrOpcode.ByteAddress, pointer with { Space = address.Type.Space }, address, IrConstant.Of(0));

    /// <summary>The stack of IL knows no bool and mixes widths where C# does not; this makes the types explicit.</summary>
    internal IrValue Coerce(IrValue value, IrType wanted)
    {
        if (value.Type.IsPointer && wanted.IsPointer && value is not IrConstant)
        {
            return PointTo(value, wanted);
        }

        if (value.Type == wanted || TypeRules.Fits(value.Type, wanted))
        {
            return value;
        }

        return wanted == IrType.Bool
            ? Emit(IrOpcode.NotEqual, IrType.Bool, value, IrConstant.Zero(value.Type))
            : Emit(IrOpcode.Convert, wanted, value);
    }

    internal IrValue Not(IrValue condition)
    {
        if (condition is IrInstruction { Operands: [IrValue left, IrValue right] } compare && (left.Type.IsInteger || left.Type == IrType.Bool))
        {
            switch (compare.Opcode)
            {
                case IrOpcode.Equal:
                    return Emit(IrOpcode.NotEqual, IrType.Bool, left, right);
                case IrOpcode.NotEqual:
                    return Emit(IrOpcode.Equal, IrType.Bool, left, right);
                case IrOpcode.Less:
                    return Emit(IrOpcode.LessEqual, IrType.Bool, right, left);
                case IrOpcode.LessEqual:
                    return Emit(IrOpcode.Less, IrType.Bool, right, left);
                case IrOpcode.LessUnsigned:
                    return Emit(IrOpcode.LessEqualUnsigned, IrType.Bool, right, left);
                case IrOpcode.LessEqualUnsigned:
                    return Emit(IrOpcode.LessUnsigned, IrType.Bool, right, left);
                default:
                    break;
            }
        }

        return Emit(IrOpcode.Not, IrType.Bool, condition);
    }

    /// <summary>Ends the current block; a condition that is known leaves one way only.</summary>
    internal void Branch(IrValue condition, IrBlock whenTrue, IrBlock whenFalse)
    {
        Current!.SetBranch(condition, new IrEdge(whenTrue), new IrEdge(whenFalse));
        Current = null;
    }

    internal void Jump(IrBlock target)
    {
        Current!.SetJump(new IrEdge(target));
        Current = null;
    }
}
