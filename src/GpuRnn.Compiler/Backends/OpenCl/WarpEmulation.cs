using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler.Backends.OpenCl;

/// <summary>Replaces warps, which OpenCL C 1.2 does not have, by shared memory and barriers of the group.</summary>
internal static class WarpEmulation
{
    /// <summary>The largest group that a kernel with a shuffle may have: each work-item has a place in shared memory.</summary>
    internal const int MaximumGroupSize = 1024;

    private const int WarpLanes = 32;

    /// <exception cref="KernelNotSupportedException">GK0022: not all work-items of the group reach a collective together.</exception>
    internal static void Run(IrFunction function)
    {
        if (!function.Instructions.Any(NeedsEmulation))
        {
            return;
        }

        HashSet<IrBlock> divergent = Uniformity.DivergentBlocks(function);
        foreach (IrInstruction meeting in function.Instructions.Where(one => one.Opcode is IrOpcode.WarpBarrier or IrOpcode.WarpShuffle))
        {
            if (divergent.Contains(meeting.Block!))
            {
                throw Refusal.CollectiveOfGroup(meeting.Source is null ? function.Name : $"{function.Name} at {meeting.Source}");
            }
        }

        Dictionary<ScalarKind, IrInstruction> places = [];
        Dictionary<IrValue, IrValue> replacements = [];
        foreach (IrBlock block in function.Blocks)
        {
            foreach (IrInstruction instruction in block.Instructions.Where(NeedsEmulation).ToArray())
            {
                InstructionInserter inserter = new(function, block, instruction.Source);
                IrValue? result = Emulate(function, inserter, instruction, places);
                if (result is not null)
                {
                    replacements[instruction] = result;
                }

                int position = block.Instructions.IndexOf(instruction);
                block.Instructions.RemoveAt(position);
                block.Instructions.InsertRange(position, inserter.Instructions);
            }
        }

        function.Entry.Instructions.InsertRange(0, places.Values);
        function.Replace(replacements);
        CommonSubexpressions.Run(function);
        DeadCode.Run(function);
    }

    private static bool NeedsEmulation(IrInstruction instruction) => instruction.Opcode is IrOpcode.WarpBarrier or IrOpcode.WarpShuffle
        || instruction is { Opcode: IrOpcode.WorkItem, Immediate: (int)WorkItemQuery.LaneIndex or (int)WorkItemQuery.WarpIndex };

    private static IrValue? Emulate(
        IrFunction function, InstructionInserter inserter, IrInstruction instruction, Dictionary<ScalarKind, IrInstruction> places)
    {
        switch (instruction.Opcode)
        {
            case IrOpcode.WarpBarrier:
                inserter.Emit(IrOpcode.Barrier, IrType.Void);
                return null;
            case IrOpcode.WarpShuffle:
                return Shuffle(function, inserter, instruction, places);
            default:
                IrValue linear = Linear(inserter);
                return instruction.Immediate == (int)WorkItemQuery.LaneIndex
                    ? inserter.Emit(IrOpcode.And, IrType.I32, linear, IrConstant.Of(WarpLanes - 1))
                    : inserter.Emit(IrOpcode.ShiftRight, IrType.I32, linear, IrConstant.Of(5));
        }
    }

    private static IrValue Shuffle(
        IrFunction function, InstructionInserter inserter, IrInstruction shuffle, Dictionary<ScalarKind, IrInstruction> places)
    {
        if (!places.TryGetValue(shuffle.Type.Kind, out IrInstruction? place))
        {
            IrType pointer = IrType.Pointer(shuffle.Type, AddressSpace.Shared);
            place = new IrInstruction(IrOpcode.SharedArray, pointer, function.NextId(), [IrConstant.Of(MaximumGroupSize)]) { Block = function.Entry };
            places[shuffle.Type.Kind] = place;
        }

        IrValue own = Linear(inserter);
        IrValue lane = shuffle.Operands[1];
        IrValue first = inserter.Emit(IrOpcode.And, IrType.I32, own, IrConstant.Of(-WarpLanes));
        IrValue source = inserter.Emit(IrOpcode.Add, IrType.I32, first, lane);
        IrValue isLane = inserter.Emit(IrOpcode.LessUnsigned, IrType.Bool, lane, IrConstant.Of(WarpLanes));
        IrValue isThere = inserter.Emit(IrOpcode.Less, IrType.Bool, source, GroupSize(inserter));
        IrValue exists = inserter.Emit(IrOpcode.And, IrType.Bool, isLane, isThere);
        IrValue chosen = inserter.Emit(IrOpcode.Select, IrType.I32, exists, source, own);
        inserter.Emit(IrOpcode.Store, IrType.Void, inserter.Emit(IrOpcode.ElementAddress, place.Type, place, own), shuffle.Operands[0]);

        // After this: every lane has offered its value.
        inserter.Emit(IrOpcode.Barrier, IrType.Void);
        IrValue result = inserter.Emit(IrOpcode.Load, shuffle.Type, inserter.Emit(IrOpcode.ElementAddress, place.Type, place, chosen));

        // After this: nobody still reads, and the next shuffle may overwrite.
        inserter.Emit(IrOpcode.Barrier, IrType.Void);
        return result;
    }

    private static IrValue Query(InstructionInserter inserter, WorkItemQuery query) => inserter.Emit(IrOpcode.WorkItem, IrType.I32, (int)query);

    private static IrValue Linear(InstructionInserter inserter)
    {
        IrValue rows = inserter.Emit(
            IrOpcode.Multiply, IrType.I32, Query(inserter, WorkItemQuery.GroupIndexZ), Query(inserter, WorkItemQuery.GroupExtentY));
        IrValue row = inserter.Emit(IrOpcode.Add, IrType.I32, rows, Query(inserter, WorkItemQuery.GroupIndexY));
        IrValue start = inserter.Emit(IrOpcode.Multiply, IrType.I32, row, Query(inserter, WorkItemQuery.GroupExtentX));
        return inserter.Emit(IrOpcode.Add, IrType.I32, start, Query(inserter, WorkItemQuery.GroupIndexX));
    }

    private static IrValue GroupSize(InstructionInserter inserter)
    {
        IrValue plane = inserter.Emit(
            IrOpcode.Multiply, IrType.I32, Query(inserter, WorkItemQuery.GroupExtentX), Query(inserter, WorkItemQuery.GroupExtentY));
        return inserter.Emit(IrOpcode.Multiply, IrType.I32, plane, Query(inserter, WorkItemQuery.GroupExtentZ));
    }
}
