namespace GpuRnn.Compiler.Ir;

/// <summary>Which operand types each opcode takes.</summary>
internal static class TypeRules
{
    /// <summary>True when a value may stand for another; the spaces of pointers count only once both are known.</summary>
    internal static bool Fits(IrType value, IrType wanted) =>
        value == wanted || (value.IsPointer && wanted.IsPointer
            && ((value.Element == wanted.Element && value.Lanes == wanted.Lanes) || value.Element == ScalarKind.Void || wanted.Element == ScalarKind.Void)
            && (value.Space == wanted.Space || value.Space == AddressSpace.Unknown || wanted.Space == AddressSpace.Unknown));

    /// <summary>What is wrong with the instruction's types, null when nothing is.</summary>
    internal static string? Complaint(IrInstruction instruction)
    {
        IrType[] types = Array.ConvertAll(instruction.Operands, operand => operand.Type);
        IrType result = instruction.Type;
        bool isRight = instruction.Opcode switch
        {
            IrOpcode.Alloca => types is [] && result.IsPointer && instruction.Leaves.Count > 0,
            IrOpcode.LocalArray or IrOpcode.SharedArray => types is [{ IsInteger: true }] && result.IsPointer,
            IrOpcode.DynamicSharedArray => types is [] && result is { IsPointer: true, Space: AddressSpace.Shared },
            IrOpcode.LeafAddress => types is [{ IsPointer: true }] && result.IsPointer && instruction.Immediate >= 0,
            IrOpcode.ElementAddress => types is [{ IsPointer: true }, { IsInteger: true }] && Fits(types[0], result),
            IrOpcode.ByteAddress => types is [{ IsPointer: true }, { IsInteger: true }] && result.IsPointer,
            IrOpcode.AlignedAddress => types is [{ IsPointer: true }] && Fits(types[0], result) && instruction.Immediate > 0,
            IrOpcode.Load => types is [{ IsPointer: true }] && Holds(types[0], result),
            IrOpcode.Store => types is [{ IsPointer: true }, _] && Holds(types[0], types[1]) && result == IrType.Void,
            IrOpcode.Add or IrOpcode.Subtract or IrOpcode.Multiply or IrOpcode.Divide or IrOpcode.Remainder =>
                types.Length == 2 && types[0] == types[1] && result == types[0] && (result.IsInteger || result.IsFloat),
            IrOpcode.DivideUnsigned or IrOpcode.RemainderUnsigned =>
                types.Length == 2 && types[0] == types[1] && result == types[0] && result.IsInteger,
            IrOpcode.And or IrOpcode.Or or IrOpcode.Xor =>
                types.Length == 2 && types[0] == types[1] && result == types[0] && (result.IsInteger || result.Kind == ScalarKind.Bool),
            IrOpcode.ShiftLeft or IrOpcode.ShiftRight or IrOpcode.ShiftRightUnsigned =>
                types.Length == 2 && types[0] == result && result.IsInteger && types[1] == IrType.I32,
            IrOpcode.Negate => types.Length == 1 && types[0] == result && (result.IsInteger || result.IsFloat),
            IrOpcode.Not => types.Length == 1 && types[0] == result && (result.IsInteger || result.Kind == ScalarKind.Bool),
            IrOpcode.Equal or IrOpcode.NotEqual => types.Length == 2 && Fits(types[0], types[1]) && result == Truth(types[0]),
            IrOpcode.Less or IrOpcode.LessEqual =>
                types.Length == 2 && types[0] == types[1] && (types[0].IsInteger || types[0].IsFloat) && result == Truth(types[0]),
            IrOpcode.LessUnsigned or IrOpcode.LessEqualUnsigned =>
                types.Length == 2 && types[0] == types[1] && types[0].IsInteger && result == Truth(types[0]),
            IrOpcode.Select => types.Length == 3 && (types[0] == IrType.Bool || types[0] == Truth(result)) && Fits(types[1], result) && Fits(types[2], result),
            IrOpcode.Convert or IrOpcode.ConvertUnsigned => types.Length == 1 && !types[0].IsPointer && types[0].Lanes == result.Lanes && (result.IsInteger || result.IsFloat),
            IrOpcode.Reinterpret => types.Length == 1 && types[0].Lanes == result.Lanes && Width(types[0]) == Width(result) && Width(result) > 0,
            IrOpcode.Broadcast => result.IsVector && types.Length == 1 && types[0] == result.Scalar,
            IrOpcode.Element => types is [{ IsVector: true }, _] && types[1] == IrType.I32 && result == types[0].Scalar,
            IrOpcode.WithElement => result.IsVector && types.Length == 3 && types[0] == result && types[1] == IrType.I32 && types[2] == result.Scalar,
            IrOpcode.ToTf32 => types.Length == 1 && types[0] == IrType.F32 && result == IrType.I32,
            IrOpcode.ToBFloat16Pair => types.Length == 2 && types[0] == IrType.F32 && types[1] == IrType.F32 && result == IrType.I32,
            IrOpcode.PopCount or IrOpcode.LeadingZeros => types is [{ IsInteger: true }] && result == IrType.I32,
            IrOpcode.Math => types.Length > 0 && result.IsFloat && Array.TrueForAll(types, type => type == result),
            IrOpcode.WorkItem => types is [] && result == IrType.I32,
            IrOpcode.Barrier or IrOpcode.WarpBarrier or IrOpcode.Fence => types is [] && result == IrType.Void,
            IrOpcode.Atomic => IsAtomic((AtomicOperation)instruction.Immediate, types, result),
            IrOpcode.LoadAcquire => types is [{ IsPointer: true }] && result == IrType.I32 && Holds(types[0], result),
            IrOpcode.StoreRelease or IrOpcode.AddRelease =>
                types is [{ IsPointer: true }, _] && types[1] == IrType.I32 && Holds(types[0], types[1]) && result == IrType.Void,
            IrOpcode.WarpMatrix => types.Length == 10 && result == IrType.Vector(ScalarKind.F32, 4)
                && Array.TrueForAll(types[..6], type => type == IrType.I32) && Array.TrueForAll(types[6..], type => type == IrType.F32),
            IrOpcode.AsyncCopy => types is [{ IsPointer: true }, { IsPointer: true }, _, _] && types[2] == IrType.I32 && types[3] == IrType.I32 && result == IrType.Void,
            IrOpcode.AsyncCommit => types is [] && result == IrType.Void,
            IrOpcode.AsyncWait => types.Length == 1 && types[0] == IrType.I32 && result == IrType.Void,
            IrOpcode.WarpShuffle => types.Length == 2 && types[0] == result && !result.IsPointer && types[1] == IrType.I32,
            _ => false,
        };
        return isRight ? null : $"the types ({string.Join(", ", types)}) -> {result} do not fit";
    }

    private static bool IsAtomic(AtomicOperation operation, IrType[] types, IrType result) =>
        types.Length == (operation == AtomicOperation.CompareExchange ? 3 : 2)
        && types[0].IsPointer && Holds(types[0], result) && types.Skip(1).All(type => type == result)
        && (result.IsInteger || (result.IsFloat && operation == AtomicOperation.Add));

    /// <summary>The type of a comparison's result: one truth for each element.</summary>
    internal static IrType Truth(IrType compared) => compared.IsPointer ? IrType.Bool : IrType.Vector(ScalarKind.Bool, compared.Lanes);

    // Memory of numbers also holds vectors of them, at any position.
    private static bool Holds(IrType pointer, IrType value) => pointer.Element switch
    {
        ScalarKind.Void => true,
        ScalarKind.Pointer => value.IsPointer,
        _ => IrType.Loaded(new IrType(pointer.Element)).Kind == value.Kind && (value.Lanes == pointer.Lanes || pointer.Lanes == 1),
    };

    private static int Width(IrType type) => type.Kind switch
    {
        ScalarKind.I32 or ScalarKind.F32 => 32,
        ScalarKind.I64 or ScalarKind.F64 => 64,
        _ => 0,
    };
}
