namespace GpuRnn.Compiler.Ir;

/// <summary>One operation in a block.</summary>
internal sealed class IrInstruction(IrOpcode opcode, IrType type, int id, IrValue[] operands) : IrValue(type)
{
    internal IrOpcode Opcode { get; } = opcode;

    internal int Id { get; } = id;

    internal IrValue[] Operands { get; } = operands;

    /// <summary>A count, a leaf number, or the number of a function; see the opcode.</summary>
    internal int Immediate { get; init; }

    /// <summary>The leaves of an <see cref="IrOpcode.Alloca"/>.</summary>
    internal IReadOnlyList<IrType> Leaves { get; init; } = [];

    /// <summary>The C# struct into which a <see cref="IrOpcode.LeafAddress"/> leads; null when it can only be a variable's.</summary>
    internal Type? Struct { get; init; }

    /// <summary>Where in the C# source the operation stands, for diagnostics; null when unknown.</summary>
    internal string? Source { get; init; }

    internal IrBlock? Block { get; set; }

    /// <summary>False when removing, doubling or moving the instruction could be seen from outside.</summary>
    internal bool IsPure => !HasEffect
        && Opcode is not (IrOpcode.Alloca or IrOpcode.LocalArray or IrOpcode.SharedArray or IrOpcode.DynamicSharedArray or IrOpcode.Load);

    /// <summary>True when the instruction must stay even if nobody reads its result.</summary>
    internal bool HasEffect => IsMeeting || IsOrdered || Opcode is IrOpcode.Store or IrOpcode.Atomic or IrOpcode.Fence || IsAsync;

    /// <summary>True for an access of global memory that orders others for the whole device.</summary>
    internal bool IsOrdered => Opcode is IrOpcode.LoadAcquire or IrOpcode.StoreRelease or IrOpcode.AddRelease;

    /// <summary>True when all work-items of a group or of a warp must arrive together.</summary>
    internal bool IsMeeting => Opcode is IrOpcode.Barrier or IrOpcode.WarpBarrier or IrOpcode.WarpShuffle or IrOpcode.WarpMatrix;

    /// <summary>True for what belongs to copies that go on by themselves.</summary>
    internal bool IsAsync => Opcode is IrOpcode.AsyncCopy or IrOpcode.AsyncCommit or IrOpcode.AsyncWait;

    /// <summary>True when executing it where the program would not have could fault.</summary>
    internal bool MayFault => Opcode is IrOpcode.Divide or IrOpcode.DivideUnsigned or IrOpcode.Remainder or IrOpcode.RemainderUnsigned
        && Type.IsInteger && Operands[1] is not IrConstant { Bits: not (0 or -1) };

    /// <summary>The same operation on other operands, in no block yet.</summary>
    internal IrInstruction Copy(int id, IrValue[] operands) =>
        new(Opcode, Type, id, operands) { Immediate = Immediate, Leaves = Leaves, Struct = Struct, Source = Source };

    public override string ToString() => $"%{Id}";
}
