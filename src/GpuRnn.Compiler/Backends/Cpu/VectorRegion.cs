using System.Numerics;
using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>A region's code for as many neighbouring work-items as a vector has lanes, or for the first few of them.</summary>
internal sealed class VectorRegion : RegionBody
{
    private readonly VectorPlan _plan;
    private readonly LocalBuilder? _present;
    private readonly HashSet<IrValue> _ones;
    private readonly HashSet<IrInstruction> _hoisted;
    private readonly VectorCode _code;
    private readonly LaneLoop _loop;
    private readonly SectionCode _sections;

    /// <param name="method">The region's method.</param>
    /// <param name="plan">What runs in which way.</param>
    /// <param name="hoisted">What was computed before the row.</param>
    /// <param name="ones">Factors of steps that are 1.</param>
    /// <param name="present">The lanes that have a work-item; null for all.</param>
    internal VectorRegion(
        RegionMethod method, VectorPlan plan, IEnumerable<IrInstruction> hoisted, HashSet<IrValue> ones, LocalBuilder? present)
        : base(method)
    {
        _plan = plan;
        _present = present;
        _ones = ones;
        _hoisted = [.. hoisted];
        Mask = present;
        _code = new VectorCode(Il, VectorWidth.Widest);
        Values = new LaneValues(this, plan.Shapes, _code);
        _loop = new LaneLoop(this, Values, plan.Shapes, _code);
        _sections = new SectionCode(this, plan, _code);
        Inlined.ExceptWith(_hoisted);
        Inlined.RemoveWhere(one => plan.RunsByLane(one) || FactorToTest(one) is not null
            || (!Values.IsScalar(one) && VectorWidth.Parts(one.Type) > 1));
        Inlined.ExceptWith(plan.Instructions.Select(plan.FactorOf).OfType<IrInstruction>());
    }

    internal LaneValues Values { get; }

    /// <summary>The lanes that run; null for all.</summary>
    internal LocalBuilder? Mask { get; private set; }

    internal override void Emit()
    {
        Begin();
        IReadOnlyList<IrBlock> blocks = Method.Region.Blocks;
        HashSet<LaneSection> emitted = [];
        for (int i = 0; i < blocks.Count; i++)
        {
            if (_plan.SectionOf(blocks[i]) is LaneSection section)
            {
                if (emitted.Add(section))
                {
                    _sections.Emit(section);
                }

                continue;
            }

            Il.MarkLabel(LabelOf(blocks[i]));
            Statements(blocks[i]);
            if (blocks[i].Condition is IrValue condition && !Values.IsScalar(condition))
            {
                _sections.Part(blocks[i]);
            }
            else
            {
                Leave(blocks[i], i + 1 < blocks.Count && _plan.SectionOf(blocks[i + 1]) is null ? blocks[i + 1] : null);
            }
        }

        Il.MarkLabel(End);
    }

    /// <summary>Computes a block for the lanes of a mask; null for those that have a work-item.</summary>
    internal void Statements(IrBlock block, LocalBuilder? mask = null)
    {
        Mask = mask ?? _present;
        foreach (IrInstruction instruction in block.Instructions.Where(one => !Inlined.Contains(one) && !_hoisted.Contains(one)))
        {
            Statement(instruction);
        }
    }

    /// <summary>Goes on behind a section.</summary>
    internal void Resume(IrBlock? meeting)
    {
        Mask = _present;
        if (meeting is null)
        {
            Finish();
        }
        else
        {
            Il.Emit(OpCodes.Br, LabelOf(meeting));
        }
    }

    /// <summary>Pushes a mask for one part of a value.</summary>
    internal void PushMask(LocalBuilder mask, IrType type, int part)
    {
        Il.Emit(OpCodes.Ldloc, mask);
        _code.MaskFor(type, part);
    }

    // What is multiplied by a step that has turned out to be 1 stays as it is.
    internal override void Scalar(IrInstruction instruction)
    {
        if (ScalarCode.Faults(instruction))
        {
            Method.NoteLane(FirstLane);
        }

        if (instruction.Opcode == IrOpcode.Multiply && Array.FindIndex(instruction.Operands, _ones.Contains) is >= 0 and int one)
        {
            PushScalar(instruction.Operands[1 - one]);
        }
        else
        {
            base.Scalar(instruction);
        }
    }

    /// <summary>Computes one part of what differs between lanes.</summary>
    internal void Vector(IrInstruction instruction, int part)
    {
        IrValue[] operands = instruction.Operands;
        switch (instruction.Opcode)
        {
            case not (IrOpcode.WorkItem or IrOpcode.LocalArray) when _plan.IsUniformHere(instruction):
                base.Scalar(instruction);
                _code.Broadcast(instruction.Type);
                break;
            case IrOpcode.Load:
                Load(instruction, part);
                break;
            case IrOpcode.Select when _plan.Shapes[operands[0]].Kind == LaneShapeKind.Uniform:
                Choose(instruction, operand => Values.Push(operand, part));
                break;
            case IrOpcode.Select:
                Values.Push(operands[0]);
                _code.MaskFor(instruction.Type, part);
                Values.Push(operands[1], part);
                Values.Push(operands[2], part);
                _code.Select(VectorWidth.Element(instruction.Type));
                break;
            case IrOpcode.ShiftLeft or IrOpcode.ShiftRight or IrOpcode.ShiftRightUnsigned:
                Values.Push(operands[0], part);
                PushScalar(operands[1]);
                _code.Operation(instruction);
                break;
            case IrOpcode.Equal or IrOpcode.NotEqual or IrOpcode.Less or IrOpcode.LessEqual or IrOpcode.LessUnsigned or IrOpcode.LessEqualUnsigned:
                Compare(instruction);
                break;
            case IrOpcode.Convert or IrOpcode.ConvertUnsigned:
                Convert(instruction, part);
                break;
            case IrOpcode.ElementAddress or IrOpcode.ByteAddress:
                Address(instruction, part);
                break;
            case IrOpcode.WorkItem:
                Place((WorkItemQuery)instruction.Immediate);
                break;
            case IrOpcode.LocalArray:
                Method.ArrayAddress(instruction);
                _code.Broadcast(instruction.Type);
                Values.AddSteps(LaneShape.Steps(RegionMethod.LocalArrayBytes(instruction), null), typeof(long), part);
                break;
            default:
                Array.ForEach(operands, operand => Values.Push(operand, part));
                _code.Operation(instruction);
                break;
        }
    }

    protected override void Statement(IrInstruction instruction)
    {
        if (FactorToTest(instruction) is IrValue factor)
        {
            Label isApart = Il.DefineLabel();
            Label behind = Il.DefineLabel();
            PushScalar(factor);
            Il.Emit(OpCodes.Conv_I8);
            ScalarCode.Constant(Il, IrConstant.Of(1L));
            Il.Emit(OpCodes.Bne_Un, isApart);
            Together(instruction);
            Il.Emit(OpCodes.Br, behind);
            Il.MarkLabel(isApart);
            ByLane(instruction);
            Il.MarkLabel(behind);
        }
        else if (_plan.RunsByLane(instruction))
        {
            ByLane(instruction);
        }
        else if (Values.IsScalar(instruction) && instruction.Opcode != IrOpcode.Store)
        {
            Scalar(instruction);
            if (instruction.Type != IrType.Void)
            {
                Il.Emit(OpCodes.Stloc, ScalarLocal(instruction));
            }
        }
        else
        {
            Together(instruction);
        }
    }

    protected override void Follow(IrEdge edge, IrBlock? next)
    {
        if (Method.Split.Crossing(edge) is null && _plan.SectionOf(edge.Target) is not null)
        {
            _sections.Enter(edge);
        }
        else
        {
            base.Follow(edge, next);
        }
    }

    protected override void Push(IrBlockParameter parameter, IrValue argument)
    {
        if (Values.IsScalar(parameter))
        {
            PushScalar(argument);
            return;
        }

        for (int part = 0; part < VectorWidth.Parts(parameter.Type); part++)
        {
            Values.Push(argument, part);
        }
    }

    protected override void Pop(IrBlockParameter parameter)
    {
        if (Values.IsScalar(parameter))
        {
            base.Pop(parameter);
        }
        else
        {
            Values.Pop(parameter);
        }
    }

    protected override void Restore(IrValue value)
    {
        if (!Method.Split.IsSpilled(value))
        {
            Method.LoadKeptOnce(value);
            if (Values.IsScalar(value))
            {
                Il.Emit(OpCodes.Stloc, ScalarLocal(value));
                return;
            }

            throw Method.Defect($"{value} is kept once, but differs between lanes");
        }

        if (Values.IsScalar(value))
        {
            base.Restore(value);
            return;
        }

        for (int part = 0; part < VectorWidth.Parts(value.Type); part++)
        {
            KeptVector(value, part);
        }

        Values.Pop(value);
    }

    // Lanes without a work-item keep what is there: the next row's work-items may follow.
    protected override void Keep(IrValue value)
    {
        if (!Method.Split.IsSpilled(value))
        {
            base.Keep(value);
            return;
        }

        Type element = VectorWidth.Element(value.Type);
        for (int part = 0; part < VectorWidth.Parts(value.Type); part++)
        {
            if (_present is not null)
            {
                PushMask(_present, value.Type, part);
            }

            Values.Push(value, part);
            if (_present is not null)
            {
                KeptVector(value, part);
                _code.Select(element);
            }

            if (value.Type == IrType.Bool)
            {
                _code.ToNumbers();
            }

            KeptPlace(value, part);
            _code.Store(element);
        }
    }

    private void KeptPlace(IrValue value, int part)
    {
        Method.KeptAddress(value);
        Il.Emit(OpCodes.Ldc_I4, part * _code.Width.Bytes);
        Il.Emit(OpCodes.Conv_I);
        Il.Emit(OpCodes.Add);
    }

    private void KeptVector(IrValue value, int part)
    {
        KeptPlace(value, part);
        _code.Load(VectorWidth.Element(value.Type));
        if (value.Type == IrType.Bool)
        {
            _code.ToMask();
        }
    }

    // The first lane that runs.
    private void FirstLane()
    {
        if (Mask is null)
        {
            Il.Emit(OpCodes.Ldc_I4_0);
            return;
        }

        Il.Emit(OpCodes.Ldloc, Mask);
        _code.Bits();
        Il.Emit(OpCodes.Call, typeof(BitOperations).GetMethod(nameof(BitOperations.TrailingZeroCount), [typeof(long)])!);
    }

    private IrValue? FactorToTest(IrInstruction access) => _plan.FactorOf(access) is IrValue factor && !_ones.Contains(factor) ? factor : null;

    private void ByLane(IrInstruction instruction)
    {
        _loop.Emit(instruction, Mask);
        if (instruction.Type != IrType.Void)
        {
            Note(instruction, part => _loop.PushResult(instruction, part));
        }
    }

    private void Together(IrInstruction instruction)
    {
        if (instruction.Opcode == IrOpcode.Store)
        {
            Store(instruction.Operands[0], instruction.Operands[1]);
        }
        else
        {
            Note(instruction, part => Vector(instruction, part));
        }
    }

    private void Note(IrInstruction instruction, Action<int> push)
    {
        LocalBuilder[] vectors = Values.Vectors(instruction);
        LocalBuilder? changing = _plan.Divergence.Escapes(instruction) ? Mask : null;
        for (int part = 0; part < vectors.Length; part++)
        {
            if (changing is not null)
            {
                PushMask(changing, instruction.Type, part);
            }

            push(part);
            if (changing is not null)
            {
                Il.Emit(OpCodes.Ldloc, vectors[part]);
                _code.Select(VectorWidth.Element(instruction.Type));
            }
        }

        Values.Pop(instruction);
    }

    private void Load(IrInstruction load, int part)
    {
        Type element = VectorWidth.Element(load.Type);
        AddressOf(load.Operands[0], part);
        if (Mask is null)
        {
            _code.Load(element);
        }
        else
        {
            PushMask(Mask, load.Type, part);
            _code.Width.LoadMasked(Il, element);
        }
    }

    private void Store(IrValue address, IrValue value)
    {
        Type element = VectorWidth.Element(value.Type);
        for (int part = 0; part < VectorWidth.Parts(value.Type); part++)
        {
            if (Mask is null)
            {
                Values.Push(value, part);
                AddressOf(address, part);
                _code.Store(element);
            }
            else
            {
                AddressOf(address, part);
                PushMask(Mask, value.Type, part);
                Values.Push(value, part);
                _code.Width.StoreMasked(Il, element);
            }
        }
    }

    private void AddressOf(IrValue address, int part)
    {
        PushScalar(address);
        if (part > 0)
        {
            Il.Emit(OpCodes.Ldc_I4, part * _code.Width.Bytes);
            Il.Emit(OpCodes.Conv_I);
            Il.Emit(OpCodes.Add);
        }
    }

    private void Compare(IrInstruction comparison)
    {
        IrType type = comparison.Operands[0].Type;
        int parts = VectorWidth.Parts(type);
        for (int part = 0; part < parts; part++)
        {
            Values.Push(comparison.Operands[0], part);
            Values.Push(comparison.Operands[1], part);
            _code.Comparison(comparison.Opcode, type);
        }

        if (parts > 1)
        {
            _code.Narrow(typeof(long));
        }
    }

    // Through the integer or the float of the wider type.
    private void Convert(IrInstruction conversion, int part)
    {
        IrValue operand = conversion.Operands[0];
        IrType to = conversion.Type;
        bool isUnsigned = conversion.Opcode == IrOpcode.ConvertUnsigned;
        int from = VectorWidth.Parts(operand.Type);
        if (from == VectorWidth.Parts(to))
        {
            Values.Push(operand, part);
            _code.Convert(operand.Type, to, isUnsigned);
        }
        else if (from == 1)
        {
            Values.Push(operand);
            Widen(VectorWidth.Element(operand.Type), part, isUnsigned);
            _code.Convert(operand.Type.IsFloat ? IrType.F64 : IrType.I64, to, false);
        }
        else
        {
            Values.Push(operand, 0);
            Values.Push(operand, 1);
            _code.Narrow(VectorWidth.Element(operand.Type));
        }
    }

    private void Widen(Type element, int part, bool isUnsigned)
    {
        if (!isUnsigned || element == typeof(float))
        {
            _code.Widen(element, part);
            return;
        }

        _code.As(element, VectorCode.Unsigned(element));
        _code.Widen(VectorCode.Unsigned(element), part);
        _code.As(typeof(ulong), typeof(long));
    }

    private void Address(IrInstruction address, int part)
    {
        IrValue index = address.Operands[1];
        Values.Push(address.Operands[0], part);
        Values.Push(index, VectorWidth.Parts(index.Type) > 1 ? part : 0);
        if (VectorWidth.Parts(index.Type) == 1)
        {
            _code.Widen(typeof(int), part);
        }

        if (address.Opcode == IrOpcode.ElementAddress)
        {
            ScalarCode.Constant(Il, IrConstant.Of((long)address.Type.PointeeBytes));
            _code.Create(typeof(long));
            _code.Call("Multiply", typeof(long), 2);
        }

        _code.Call("Add", typeof(long), 2);
    }

    private void Place(WorkItemQuery query)
    {
        bool isOfWarp = query is WorkItemQuery.LaneIndex or WorkItemQuery.WarpIndex;
        if (isOfWarp)
        {
            Method.LoadItem();
            Il.Emit(OpCodes.Conv_I4);
        }
        else
        {
            Method.Query(query);
        }

        _code.Create(typeof(int));
        if (isOfWarp || query is WorkItemQuery.LaunchIndexX or WorkItemQuery.GroupIndexX)
        {
            Values.AddSteps(LaneShape.Steps(1, null), typeof(int), 0);
        }

        if (query == WorkItemQuery.LaneIndex)
        {
            Il.Emit(OpCodes.Ldc_I4, WarpLanes.Count - 1);
            _code.Create(typeof(int));
            _code.Call("BitwiseAnd", typeof(int), 2);
        }
        else if (query == WorkItemQuery.WarpIndex)
        {
            Il.Emit(OpCodes.Ldc_I4, WarpLanes.Shift);
            Il.Emit(OpCodes.Call, _code.Width.Find("ShiftRightLogical", typeof(int), _code.Width.Vector(typeof(int)), typeof(int)));
        }
    }
}
