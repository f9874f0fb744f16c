using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>What the code of a region has in common for one work-item and for several: scalars, and ways that all work-items take alike.</summary>
internal abstract class RegionBody
{
    private readonly Dictionary<IrValue, LocalBuilder> _scalars = [];
    private readonly Dictionary<IrBlock, Label> _labels = [];

    protected RegionBody(RegionMethod method)
    {
        Method = method;
        Il = method.Il;
        Inlined = InlinedValues.Find(method.Region.Blocks, method.KeptBehind());
        End = Il.DefineLabel();
    }

    internal RegionMethod Method { get; }

    internal ILGenerator Il { get; }

    /// <summary>What is computed where its only user needs it.</summary>
    internal HashSet<IrInstruction> Inlined { get; }

    /// <summary>Where the work-item's code ends.</summary>
    protected Label End { get; }

    /// <summary>Emits the region's code.</summary>
    internal abstract void Emit();

    /// <summary>Pushes a scalar: a work-item's value or, for several, what is the same in all or belongs to the first.</summary>
    internal void PushScalar(IrValue value)
    {
        switch (value)
        {
            case IrConstant { Type.IsVector: true } constant:
                OwnVectors.Constant(Il, constant);
                break;
            case IrConstant constant:
                ScalarCode.Constant(Il, constant);
                break;
            case IrParameter parameter:
                Method.LoadParameter(parameter);
                break;
            case IrInstruction instruction when Inlined.Contains(instruction):
                Scalar(instruction);
                break;
            default:
                Il.Emit(OpCodes.Ldloc, ScalarLocal(value));
                break;
        }
    }

    /// <summary>Where a scalar lies.</summary>
    internal LocalBuilder ScalarLocal(IrValue value) =>
        _scalars.TryGetValue(value, out LocalBuilder? local) ? local : _scalars[value] = Il.DeclareLocal(ScalarCode.ClrType(value.Type));

    /// <summary>Takes over a scalar that another body of the region has computed.</summary>
    internal void Share(IrValue value, LocalBuilder local) => _scalars[value] = local;

    /// <summary>Computes an instruction from scalars and leaves its result on the stack.</summary>
    internal virtual void Scalar(IrInstruction instruction)
    {
        switch (instruction.Opcode)
        {
            case IrOpcode.WorkItem:
                Method.Query((WorkItemQuery)instruction.Immediate);
                break;
            case IrOpcode.SharedArray or IrOpcode.LocalArray or IrOpcode.DynamicSharedArray:
                Method.ArrayAddress(instruction);
                break;
            case IrOpcode.Select when instruction.Operands[0].Type.IsVector:
                Array.ForEach(instruction.Operands, PushScalar);
                OwnVectors.Select(Il, instruction);
                break;
            case IrOpcode.Load when instruction.Type.IsVector:
                PushScalar(instruction.Operands[0]);
                ScalarCode.LoadVector(Il, instruction.Type);
                break;
            case IrOpcode.Store when instruction.Operands[1].Type.IsVector:
                Array.ForEach(instruction.Operands, PushScalar);
                ScalarCode.StoreVector(Il, instruction.Operands[1].Type);
                break;
            case IrOpcode.Load:
                PushOperands(instruction);
                ScalarCode.Load(Il, instruction.Operands[0].Type.Element);
                break;
            case IrOpcode.Store:
                PushOperands(instruction);
                ScalarCode.Store(Il, instruction.Operands[0].Type.Element);
                break;
            case IrOpcode.WarpShuffle:
                Method.Shuffle(instruction, () => PushScalar(instruction.Operands[1]), Method.LoadItem);
                break;
            case IrOpcode.Select:
                Choose(instruction, PushScalar);
                break;
            case IrOpcode.LoadAcquire or IrOpcode.StoreRelease or IrOpcode.AddRelease when Method.Hooks is not null:
                PushOperands(instruction);
                Method.Hooks.Ordered(Il, instruction);
                break;
            case var _ when OwnVectors.Has(instruction):
                Array.ForEach(instruction.Operands, PushScalar);
                OwnVectors.Operation(Il, instruction);
                break;
            default:
                PushOperands(instruction);
                if (!ScalarCode.Operation(Il, instruction))
                {
                    throw Method.Defect($"{instruction.Opcode} has no translation for the processor");
                }

                break;
        }
    }

    private void PushOperands(IrInstruction instruction)
    {
        for (int i = 0; i < instruction.Operands.Length; i++)
        {
            PushScalar(instruction.Operands[i]);
            if (i == 0)
            {
                Method.Hooks?.Redirect(Il, instruction);
            }
        }
    }

    /// <summary>Chooses by a condition that is the same in all lanes.</summary>
    internal void Choose(IrInstruction select, Action<IrValue> push)
    {
        Label otherwise = Il.DefineLabel();
        Label behind = Il.DefineLabel();
        PushScalar(select.Operands[0]);
        Il.Emit(OpCodes.Brfalse, otherwise);
        push(select.Operands[1]);
        Il.Emit(OpCodes.Br, behind);
        Il.MarkLabel(otherwise);
        push(select.Operands[2]);
        Il.MarkLabel(behind);
    }

    protected Label LabelOf(IrBlock block) => _labels.TryGetValue(block, out Label label) ? label : _labels[block] = Il.DefineLabel();

    /// <summary>Goes where all work-items go on together.</summary>
    /// <param name="block">A block whose condition is the same in all lanes.</param>
    /// <param name="next">The block whose code follows; null for none.</param>
    protected void Leave(IrBlock block, IrBlock? next)
    {
        switch (block.Edges.Count)
        {
            case 0:
                Finish();
                break;
            case 1:
                Follow(block.Edges[0], next);
                break;
            default:
                Label otherwise = Il.DefineLabel();
                PushScalar(block.Condition!);
                Il.Emit(OpCodes.Brfalse, otherwise);
                Follow(block.Edges[0], null);
                Il.MarkLabel(otherwise);
                Follow(block.Edges[1], next);
                break;
        }
    }

    /// <summary>Ends the kernel.</summary>
    protected void Finish()
    {
        Method.SetNext(-1);
        Il.Emit(OpCodes.Br, End);
    }

    /// <summary>Goes to an edge's target, or ends the region at a barrier.</summary>
    protected virtual void Follow(IrEdge edge, IrBlock? next)
    {
        if (Method.Split.Crossing(edge) is KernelRegion behind)
        {
            foreach (IrValue value in behind.Kept.Where(value => !Method.PassesBy(value)))
            {
                Keep(value);
            }

            Method.SetNext(behind.Number);
            Il.Emit(OpCodes.Br, End);
            return;
        }

        // All arguments lie on the stack before a parameter changes.
        List<IrBlockParameter> parameters = edge.Target.Parameters;
        for (int i = 0; i < parameters.Count; i++)
        {
            Push(parameters[i], edge.Arguments[i]);
        }

        for (int i = parameters.Count - 1; i >= 0; i--)
        {
            Pop(parameters[i]);
        }

        if (edge.Target != next)
        {
            Il.Emit(OpCodes.Br, LabelOf(edge.Target));
        }
    }

    /// <summary>Pushes an argument as its parameter takes it.</summary>
    protected virtual void Push(IrBlockParameter parameter, IrValue argument) => PushScalar(argument);

    /// <summary>Takes what <see cref="Push"/> left.</summary>
    protected virtual void Pop(IrBlockParameter parameter) => Il.Emit(OpCodes.Stloc, ScalarLocal(parameter));

    /// <summary>Stores a value that the next region needs.</summary>
    protected virtual void Keep(IrValue value)
    {
        Method.KeptAddress(value);
        PushScalar(value);
        ScalarCode.StoreKept(Il, value.Type);
    }

    /// <summary>Computes again, and reads, what the region needs of those before it.</summary>
    protected void Begin()
    {
        Method.Region.Recomputed.ForEach(Statement);
        HashSet<IrValue> read = Method.Read();
        foreach (IrValue value in Method.Region.Kept.Where(read.Contains))
        {
            Restore(value);
        }
    }

    /// <summary>Computes an instruction and notes its result.</summary>
    protected abstract void Statement(IrInstruction instruction);

    /// <summary>Reads a value that was kept.</summary>
    protected virtual void Restore(IrValue value)
    {
        if (Method.Split.IsSpilled(value))
        {
            Method.KeptAddress(value);
            ScalarCode.LoadKept(Il, value.Type);
        }
        else
        {
            Method.LoadKeptOnce(value);
        }

        Il.Emit(OpCodes.Stloc, ScalarLocal(value));
    }
}
