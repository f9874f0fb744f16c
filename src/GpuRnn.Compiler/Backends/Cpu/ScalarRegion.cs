using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>A region's code for one work-item.</summary>
internal sealed class ScalarRegion
{
    private readonly RegionMethod _method;
    private readonly ILGenerator _il;
    private readonly HashSet<IrInstruction> _inlined;
    private readonly Dictionary<IrValue, LocalBuilder> _locals = [];
    private readonly Dictionary<IrBlock, Label> _labels = [];
    private readonly Label _end;

    internal ScalarRegion(RegionMethod method)
    {
        _method = method;
        _il = method.Il;
        _inlined = InlinedValues.Find(method.Region.Blocks, method.KeptBehind());
        _end = _il.DefineLabel();
    }

    internal void Emit()
    {
        foreach (IrInstruction instruction in _method.Region.Recomputed)
        {
            Compute(instruction);
            _il.Emit(OpCodes.Stloc, Local(instruction));
        }

        HashSet<IrValue> read = _method.Read();
        foreach (IrValue value in _method.Region.Kept.Where(read.Contains))
        {
            if (_method.Split.IsSpilled(value))
            {
                _method.KeptAddress(value);
                ScalarCode.Load(_il, MemoryKind(value));
            }
            else
            {
                _method.LoadKeptOnce(value);
            }

            _il.Emit(OpCodes.Stloc, Local(value));
        }

        IReadOnlyList<IrBlock> blocks = _method.Region.Blocks;
        for (int i = 0; i < blocks.Count; i++)
        {
            _il.MarkLabel(LabelOf(blocks[i]));
            blocks[i].Instructions.ForEach(Statement);
            Terminator(blocks[i], i + 1 < blocks.Count ? blocks[i + 1] : null);
        }

        _il.MarkLabel(_end);
    }

    private static ScalarKind MemoryKind(IrValue value) => value.Type.Kind == ScalarKind.Bool ? ScalarKind.I32 : value.Type.Kind;

    private LocalBuilder Local(IrValue value) =>
        _locals.TryGetValue(value, out LocalBuilder? local) ? local : _locals[value] = _il.DeclareLocal(ScalarCode.ClrType(value.Type));

    private Label LabelOf(IrBlock block) => _labels.TryGetValue(block, out Label label) ? label : _labels[block] = _il.DefineLabel();

    private void Push(IrValue value)
    {
        switch (value)
        {
            case IrConstant constant:
                ScalarCode.Constant(_il, constant);
                break;
            case IrParameter parameter:
                _method.LoadParameter(parameter);
                break;
            case IrInstruction instruction when _inlined.Contains(instruction):
                Compute(instruction);
                break;
            default:
                _il.Emit(OpCodes.Ldloc, Local(value));
                break;
        }
    }

    private void Statement(IrInstruction instruction)
    {
        if (_inlined.Contains(instruction))
        {
            return;
        }

        Compute(instruction);
        if (instruction.Type != IrType.Void)
        {
            _il.Emit(OpCodes.Stloc, Local(instruction));
        }
    }

    private void Compute(IrInstruction instruction)
    {
        switch (instruction.Opcode)
        {
            case IrOpcode.WorkItem:
                _method.Query((WorkItemQuery)instruction.Immediate);
                break;
            case IrOpcode.SharedArray or IrOpcode.LocalArray or IrOpcode.DynamicSharedArray:
                _method.ArrayAddress(instruction);
                break;
            case IrOpcode.Load:
                PushOperands(instruction);
                ScalarCode.Load(_il, instruction.Operands[0].Type.Element);
                break;
            case IrOpcode.Store:
                PushOperands(instruction);
                ScalarCode.Store(_il, instruction.Operands[0].Type.Element);
                break;
            case IrOpcode.WarpShuffle:
                _method.Shuffle(instruction, () => Push(instruction.Operands[1]));
                break;
            case IrOpcode.Select:
                Select(instruction);
                break;
            case IrOpcode.LoadAcquire or IrOpcode.StoreRelease or IrOpcode.AddRelease when _method.Hooks is not null:
                PushOperands(instruction);
                _method.Hooks.Ordered(_il, instruction);
                break;
            default:
                PushOperands(instruction);
                if (!ScalarCode.Operation(_il, instruction))
                {
                    throw _method.Defect($"{instruction.Opcode} has no translation for the processor");
                }

                break;
        }
    }

    private void PushOperands(IrInstruction instruction)
    {
        for (int i = 0; i < instruction.Operands.Length; i++)
        {
            Push(instruction.Operands[i]);
            if (i == 0)
            {
                _method.Hooks?.Redirect(_il, instruction);
            }
        }
    }

    private void Select(IrInstruction instruction)
    {
        Label otherwise = _il.DefineLabel();
        Label behind = _il.DefineLabel();
        Push(instruction.Operands[0]);
        _il.Emit(OpCodes.Brfalse, otherwise);
        Push(instruction.Operands[1]);
        _il.Emit(OpCodes.Br, behind);
        _il.MarkLabel(otherwise);
        Push(instruction.Operands[2]);
        _il.MarkLabel(behind);
    }

    private void Terminator(IrBlock block, IrBlock? next)
    {
        switch (block.Edges.Count)
        {
            case 0:
                _method.SetNext(-1);
                _il.Emit(OpCodes.Br, _end);
                break;
            case 1:
                Follow(block.Edges[0], next);
                break;
            default:
                Label otherwise = _il.DefineLabel();
                Push(block.Condition!);
                _il.Emit(OpCodes.Brfalse, otherwise);
                Follow(block.Edges[0], null);
                _il.MarkLabel(otherwise);
                Follow(block.Edges[1], next);
                break;
        }
    }

    private void Follow(IrEdge edge, IrBlock? next)
    {
        if (_method.Split.Crossing(edge) is KernelRegion behind)
        {
            Keep(behind);
            _method.SetNext(behind.Number);
            _il.Emit(OpCodes.Br, _end);
            return;
        }

        // All arguments lie on the stack before a parameter changes.
        edge.Arguments.ForEach(Push);
        for (int i = edge.Arguments.Count - 1; i >= 0; i--)
        {
            _il.Emit(OpCodes.Stloc, Local(edge.Target.Parameters[i]));
        }

        if (edge.Target != next)
        {
            _il.Emit(OpCodes.Br, LabelOf(edge.Target));
        }
    }

    private void Keep(KernelRegion behind)
    {
        foreach (IrValue value in behind.Kept.Where(value => !_method.PassesBy(value)))
        {
            _method.KeptAddress(value);
            Push(value);
            ScalarCode.Store(_il, MemoryKind(value));
        }
    }
}
