using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler.Backends;

/// <summary>Replaces atomic sums of floats that a device does not have, or does not round as C# does, by loops of compare-exchange over their bits.</summary>
/// <remarks>
/// The loop ends when what was found has the bits that were expected, so a NaN cannot loop for ever. The block splits in three: what stands
/// before; the loop, whose parameter is the bits last seen; what follows.
/// </remarks>
internal static class FloatAtomics
{
    /// <param name="function">Behind all passes.</param>
    /// <param name="isMissing">Whether a sum must be replaced.</param>
    internal static void Run(IrFunction function, Predicate<IrInstruction> isMissing)
    {
        while (function.Instructions.FirstOrDefault(one => one.Opcode == IrOpcode.Atomic && one.Type.IsFloat && isMissing(one)) is IrInstruction atomic)
        {
            Replace(function, atomic);
        }
    }

    private static void Replace(IrFunction function, IrInstruction atomic)
    {
        IrBlock before = atomic.Block!;
        IrType bitsType = atomic.Type == IrType.F32 ? IrType.I32 : IrType.I64;
        IrBlock loop = new(function.NextId());
        IrBlock after = new(function.NextId());
        int place = function.Blocks.IndexOf(before);
        function.Blocks.InsertRange(place + 1, [loop, after]);

        int position = before.Instructions.IndexOf(atomic);
        List<IrInstruction> rest = before.Instructions[(position + 1)..];
        before.Instructions.RemoveRange(position, before.Instructions.Count - position);
        rest.ForEach(after.Append);
        after.Condition = before.Condition;
        after.Edges.AddRange(before.Edges);

        IrType pointer = atomic.Operands[0].Type with { Element = bitsType.Kind };
        InstructionInserter ahead = new(function, before, atomic.Source);
        IrValue address = ahead.Emit(IrOpcode.ByteAddress, pointer, atomic.Operands[0], IrConstant.Of(0));
        IrValue first = ahead.Emit(IrOpcode.Load, bitsType, address);
        ahead.Instructions.ForEach(before.Append);
        before.SetJump(new IrEdge(loop, first));

        IrBlockParameter seen = new(bitsType, loop, function.NextId());
        loop.Parameters.Add(seen);
        InstructionInserter inside = new(function, loop, atomic.Source);
        IrValue old = inside.Emit(IrOpcode.Reinterpret, atomic.Type, seen);
        IrValue sum = inside.Emit(IrOpcode.Add, atomic.Type, old, atomic.Operands[1]);
        IrValue bits = inside.Emit(IrOpcode.Reinterpret, bitsType, sum);
        IrValue found = inside.Emit(IrOpcode.Atomic, bitsType, (int)AtomicOperation.CompareExchange, address, seen, bits);
        IrValue isDone = inside.Emit(IrOpcode.Equal, IrType.Bool, found, seen);
        inside.Instructions.ForEach(loop.Append);
        loop.SetBranch(isDone, new IrEdge(after), new IrEdge(loop, found));
        function.Replace(new Dictionary<IrValue, IrValue> { [atomic] = old });
    }
}
