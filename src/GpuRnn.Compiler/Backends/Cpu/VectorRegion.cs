using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>A region's code for as many neighbouring work-items as a vector has lanes.</summary>
internal sealed class VectorRegion
{
    private readonly RegionMethod _method;
    private readonly VectorPlan _plan;
    private readonly ILGenerator _il;
    private readonly HashSet<IrInstruction> _inlined;
    private readonly List<IrInstruction> _hoisted;
    private readonly Dictionary<IrValue, LocalBuilder> _locals = [];
    private readonly Dictionary<IrValue, LocalBuilder> _broadcasts = [];
    private readonly Dictionary<IrBlock, Label> _labels = [];
    private readonly Label _end;

    internal VectorRegion(RegionMethod method, VectorPlan plan)
    {
        _method = method;
        _plan = plan;
        _il = method.Il;
        _inlined = InlinedValues.Find(method.Region.Blocks, method.KeptBehind());
        _hoisted = RowInvariants.Find(method.Function, method.Region, plan);
        _inlined.ExceptWith(_hoisted);
        _end = _il.DefineLabel();
    }

    /// <summary>What is the same in a whole row, and the vectors of what is the same in a whole launch.</summary>
    internal void EmitRowInvariants()
    {
        foreach (IrInstruction instruction in _hoisted)
        {
            Scalar(instruction);
            _il.Emit(OpCodes.Stloc, Local(instruction));
        }

        foreach (IrValue value in Broadcasted())
        {
            LocalBuilder vector = _il.DeclareLocal(VectorWidth.Widest.Register(value.Type));
            PushScalar(value);
            VectorCode.Broadcast(_il, value.Type);
            _il.Emit(OpCodes.Stloc, vector);
            _broadcasts[value] = vector;
        }
    }

    internal void Emit()
    {
        foreach (IrInstruction instruction in _method.Region.Recomputed)
        {
            Statement(instruction);
        }

        HashSet<IrValue> read = _method.Read();
        foreach (IrValue value in _method.Region.Kept.Where(read.Contains))
        {
            Restore(value);
            _il.Emit(OpCodes.Stloc, Local(value));
        }

        IReadOnlyList<IrBlock> blocks = _method.Region.Blocks;
        for (int i = 0; i < blocks.Count; i++)
        {
            _il.MarkLabel(LabelOf(blocks[i]));
            foreach (IrInstruction instruction in blocks[i].Instructions.Where(one => !_inlined.Contains(one) && !_hoisted.Contains(one)))
            {
                Statement(instruction);
            }

            Terminator(blocks[i], i + 1 < blocks.Count ? blocks[i + 1] : null);
        }

        _il.MarkLabel(_end);
    }

    private bool IsScalar(IrValue value) => _plan.Shape(value).IsScalar;

    private LocalBuilder Local(IrValue value) => _locals.TryGetValue(value, out LocalBuilder? local)
        ? local
        : _locals[value] = _il.DeclareLocal(IsScalar(value) ? ScalarCode.ClrType(value.Type) : VectorWidth.Widest.Register(value.Type));

    private Label LabelOf(IrBlock block) => _labels.TryGetValue(block, out Label label) ? label : _labels[block] = _il.DefineLabel();

    // Arguments, and what was moved before the loop, wherever a vector of them is needed.
    private IEnumerable<IrValue> Broadcasted() => _method.Region.Blocks
        .SelectMany(block => block.Instructions)
        .Where(one => !IsScalar(one) || one.Opcode == IrOpcode.Store)
        .SelectMany(one => one.Operands)
        .Where(operand => operand is IrParameter || (operand is IrInstruction instruction && _hoisted.Contains(instruction)))
        .Where(operand => _plan.Shape(operand).Kind == LaneShapeKind.Uniform && (operand.Type == IrType.F32 || operand.Type == IrType.I32))
        .Distinct();

    private void Statement(IrInstruction instruction)
    {
        if (IsScalar(instruction) && instruction.Opcode != IrOpcode.Store)
        {
            Scalar(instruction);
        }
        else
        {
            Vector(instruction);
        }

        if (instruction.Type != IrType.Void)
        {
            _il.Emit(OpCodes.Stloc, Local(instruction));
        }
    }

    /// <summary>Pushes what is the same in all lanes, or lane 0's part of equal steps.</summary>
    private void PushScalar(IrValue value)
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
                Scalar(instruction);
                break;
            default:
                _il.Emit(OpCodes.Ldloc, Local(value));
                break;
        }
    }

    private void PushVector(IrValue value)
    {
        LaneShape shape = _plan.Shape(value);
        if (_broadcasts.TryGetValue(value, out LocalBuilder? vector))
        {
            _il.Emit(OpCodes.Ldloc, vector);
        }
        else if (shape.Kind == LaneShapeKind.Varying)
        {
            if (value is IrInstruction instruction && _inlined.Contains(instruction))
            {
                Vector(instruction);
            }
            else
            {
                _il.Emit(OpCodes.Ldloc, Local(value));
            }
        }
        else
        {
            PushScalar(value);
            VectorCode.Broadcast(_il, value.Type);
            if (shape.Kind == LaneShapeKind.Steps)
            {
                AddSteps(shape);
            }
        }
    }

    // + step * factor * (0, 1, 2, ...)
    private void AddSteps(LaneShape shape)
    {
        VectorCode.Lanes(_il);
        _il.Emit(OpCodes.Ldc_I4, unchecked((int)shape.Step));
        if (shape.Factor is not null)
        {
            PushScalar(shape.Factor);
            _il.Emit(OpCodes.Conv_I4);
            _il.Emit(OpCodes.Mul);
        }

        VectorCode.Broadcast(_il, IrType.I32);
        VectorCode.Call(_il, "Multiply", typeof(int), 2);
        VectorCode.Call(_il, "Add", typeof(int), 2);
    }

    private void Scalar(IrInstruction instruction)
    {
        switch (instruction.Opcode)
        {
            case IrOpcode.WorkItem:
                _method.Query((WorkItemQuery)instruction.Immediate);
                break;
            case IrOpcode.SharedArray or IrOpcode.DynamicSharedArray:
                _method.ArrayAddress(instruction);
                break;
            case IrOpcode.Load:
                PushScalar(instruction.Operands[0]);
                ScalarCode.Load(_il, instruction.Operands[0].Type.Element);
                break;
            case IrOpcode.Select:
                Choose(instruction, PushScalar);
                break;
            default:
                Array.ForEach(instruction.Operands, PushScalar);
                if (!ScalarCode.Operation(_il, instruction))
                {
                    throw _method.Defect($"{instruction.Opcode} has no translation for the processor");
                }

                break;
        }
    }

    private void Vector(IrInstruction instruction)
    {
        IrValue[] operands = instruction.Operands;
        switch (instruction.Opcode)
        {
            case IrOpcode.Load:
                Load(operands[0], instruction.Type);
                break;
            case IrOpcode.Store:
                Store(operands[0], operands[1]);
                break;
            case IrOpcode.Select when _plan.Shape(operands[0]).Kind == LaneShapeKind.Uniform:
                Choose(instruction, PushVector);
                break;
            case IrOpcode.Select:
                PushVector(operands[0]);
                VectorCode.Mask(_il, instruction.Type);
                PushVector(operands[1]);
                PushVector(operands[2]);
                VectorCode.Select(_il, instruction.Type);
                break;
            case IrOpcode.ShiftLeft or IrOpcode.ShiftRight or IrOpcode.ShiftRightUnsigned:
                PushVector(operands[0]);
                PushScalar(operands[1]);
                VectorCode.Operation(_il, instruction);
                break;
            default:
                Array.ForEach(operands, PushVector);
                VectorCode.Operation(_il, instruction);
                break;
        }
    }

    private void Choose(IrInstruction select, Action<IrValue> push)
    {
        Label otherwise = _il.DefineLabel();
        Label behind = _il.DefineLabel();
        PushScalar(select.Operands[0]);
        _il.Emit(OpCodes.Brfalse, otherwise);
        push(select.Operands[1]);
        _il.Emit(OpCodes.Br, behind);
        _il.MarkLabel(otherwise);
        push(select.Operands[2]);
        _il.MarkLabel(behind);
    }

    private void Load(IrValue address, IrType type)
    {
        Type element = VectorCode.Element(type);
        LocalBuilder result = _il.DeclareLocal(VectorWidth.Widest.Register(type));
        Access(address, whenAdjacent: first =>
        {
            _il.Emit(OpCodes.Ldloc, first);
            _il.Emit(OpCodes.Call, VectorWidth.Widest.Find("Load", element, element.MakePointerType()));
            _il.Emit(OpCodes.Stloc, result);
        }, whenApart: (first, step) =>
        {
            _il.Emit(OpCodes.Ldloc, first);
            step();
            _il.Emit(OpCodes.Call, VectorWidth.Widest.Helper("Load", element));
            _il.Emit(OpCodes.Stloc, result);
        });
        _il.Emit(OpCodes.Ldloc, result);
    }

    private void Store(IrValue address, IrValue value)
    {
        Type element = VectorCode.Element(value.Type);
        LocalBuilder stored = _il.DeclareLocal(VectorWidth.Widest.Register(value.Type));
        PushVector(value);
        _il.Emit(OpCodes.Stloc, stored);
        Access(address, whenAdjacent: first =>
        {
            _il.Emit(OpCodes.Ldloc, stored);
            _il.Emit(OpCodes.Ldloc, first);
            _il.Emit(OpCodes.Call, VectorWidth.Widest.Find("Store", element, VectorWidth.Widest.Vector(element), element.MakePointerType()));
        }, whenApart: (first, step) =>
        {
            _il.Emit(OpCodes.Ldloc, first);
            step();
            _il.Emit(OpCodes.Ldloc, stored);
            _il.Emit(OpCodes.Call, VectorWidth.Widest.Helper("Store", element));
        });
    }

    // A step that only the launch knows is looked at when it runs; it is nearly always one element.
    private void Access(IrValue address, Action<LocalBuilder> whenAdjacent, Action<LocalBuilder, Action> whenApart)
    {
        LaneShape shape = _plan.Shape(address);
        LocalBuilder first = _il.DeclareLocal(typeof(nint));
        PushScalar(address);
        _il.Emit(OpCodes.Stloc, first);
        void Step()
        {
            _il.Emit(OpCodes.Ldc_I8, shape.Step);
            _il.Emit(OpCodes.Conv_I);
            if (shape.Factor is not null)
            {
                PushScalar(shape.Factor);
                _il.Emit(OpCodes.Conv_I);
                _il.Emit(OpCodes.Mul);
            }
        }

        if (shape.Factor is null && shape.Step == sizeof(float))
        {
            whenAdjacent(first);
        }
        else if (shape.Factor is null || shape.Step != sizeof(float))
        {
            whenApart(first, Step);
        }
        else
        {
            Label isApart = _il.DefineLabel();
            Label behind = _il.DefineLabel();
            PushScalar(shape.Factor);
            _il.Emit(OpCodes.Conv_I4);
            _il.Emit(OpCodes.Ldc_I4_1);
            _il.Emit(OpCodes.Bne_Un, isApart);
            whenAdjacent(first);
            _il.Emit(OpCodes.Br, behind);
            _il.MarkLabel(isApart);
            whenApart(first, Step);
            _il.MarkLabel(behind);
        }
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
                PushScalar(block.Condition!);
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
            foreach (IrValue value in behind.Kept.Where(value => !_method.PassesBy(value)))
            {
                Keep(value);
            }

            _method.SetNext(behind.Number);
            _il.Emit(OpCodes.Br, _end);
            return;
        }

        List<IrBlockParameter> parameters = edge.Target.Parameters;
        for (int i = 0; i < parameters.Count; i++)
        {
            if (IsScalar(parameters[i]))
            {
                PushScalar(edge.Arguments[i]);
            }
            else
            {
                PushVector(edge.Arguments[i]);
            }
        }

        for (int i = parameters.Count - 1; i >= 0; i--)
        {
            _il.Emit(OpCodes.Stloc, Local(parameters[i]));
        }

        if (edge.Target != next)
        {
            _il.Emit(OpCodes.Br, LabelOf(edge.Target));
        }
    }

    private static ScalarKind MemoryKind(IrValue value) => value.Type.Kind == ScalarKind.Bool ? ScalarKind.I32 : value.Type.Kind;

    private void Restore(IrValue value)
    {
        if (!_method.Split.IsSpilled(value))
        {
            _method.LoadKeptOnce(value);
            return;
        }

        _method.KeptAddress(value);
        if (IsScalar(value))
        {
            ScalarCode.Load(_il, MemoryKind(value));
            return;
        }

        Type element = VectorCode.Element(value.Type);
        _il.Emit(OpCodes.Call, VectorWidth.Widest.Find("Load", element, element.MakePointerType()));
        if (value.Type == IrType.Bool)
        {
            VectorCode.ToMask(_il);
        }
    }

    private void Keep(IrValue value)
    {
        if (!_method.Split.IsSpilled(value))
        {
            _method.KeptAddress(value);
            PushScalar(value);
            ScalarCode.Store(_il, MemoryKind(value));
            return;
        }

        if (value.Type != IrType.F32 && value.Type != IrType.I32 && value.Type != IrType.Bool)
        {
            KeepWide(value);
            return;
        }

        Type element = VectorCode.Element(value.Type);
        PushVector(value);
        if (value.Type == IrType.Bool)
        {
            VectorCode.ToNumbers(_il);
        }

        _method.KeptAddress(value);
        _il.Emit(OpCodes.Call, VectorWidth.Widest.Find("Store", element, VectorWidth.Widest.Vector(element), element.MakePointerType()));
    }

    // The same 64 bits for every lane.
    private void KeepWide(IrValue value)
    {
        for (int lane = 0; lane < VectorWidth.Widest.Lanes; lane++)
        {
            _method.KeptAddress(value);
            _il.Emit(OpCodes.Ldc_I4, 8 * lane);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Add);
            PushScalar(value);
            ScalarCode.Store(_il, MemoryKind(value));
        }
    }
}
