using System.Numerics;
using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Does what has no vector form for one lane after the other: operands go through memory, as do the results.</summary>
/// <remarks>Lanes run in ascending order, as work-items one by one would; those outside the mask do nothing, so that none faults.</remarks>
internal sealed class LaneLoop(VectorRegion body, LaneValues values, LaneShapes shapes, VectorCode code)
{
    // A compare-exchange has three operands and a result.
    private const int Slots = 4;

    private readonly ILGenerator _il = body.Il;
    private readonly LocalBuilder _lane = body.Il.DeclareLocal(typeof(int));
    private readonly LocalBuilder _lanes = body.Il.DeclareLocal(typeof(long));

    /// <summary>Bytes of the memory for operands and results.</summary>
    internal static int ScratchBytes(VectorWidth width) => Slots * width.Lanes * sizeof(long);

    /// <summary>Runs the instruction for the lanes of the mask; its result lies in memory then, for <see cref="PushResult"/>.</summary>
    /// <param name="instruction">An instruction outside any expression.</param>
    /// <param name="mask">The lanes; null for all.</param>
    internal void Emit(IrInstruction instruction, LocalBuilder? mask)
    {
        Action[] operands = Spill(instruction);
        if (mask is null)
        {
            _il.Emit(OpCodes.Ldc_I8, (1L << code.Width.Lanes) - 1);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, mask);
            code.Bits();
        }

        _il.Emit(OpCodes.Stloc, _lanes);
        Label again = _il.DefineLabel();
        _il.MarkLabel(again);
        _il.Emit(OpCodes.Ldloc, _lanes);
        _il.Emit(OpCodes.Call, typeof(BitOperations).GetMethod(nameof(BitOperations.TrailingZeroCount), [typeof(long)])!);
        _il.Emit(OpCodes.Stloc, _lane);
        if (ScalarCode.Faults(instruction))
        {
            body.Method.NoteLane(() => _il.Emit(OpCodes.Ldloc, _lane));
        }

        if (instruction.Type != IrType.Void)
        {
            PlaceOf(Slots - 1, instruction);
        }

        Compute(instruction, operands);
        if (instruction.Type != IrType.Void)
        {
            ScalarCode.StoreKept(_il, instruction.Type);
        }

        _il.Emit(OpCodes.Ldloc, _lanes);
        _il.Emit(OpCodes.Ldloc, _lanes);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Stloc, _lanes);
        _il.Emit(OpCodes.Brtrue, again);
    }

    /// <summary>Pushes a part of the result; what stands in lanes outside the mask is any number.</summary>
    internal void PushResult(IrInstruction instruction, int part)
    {
        Slot(Slots - 1, part);
        code.Load(VectorWidth.Element(instruction.Type));
        if (instruction.Type == IrType.Bool)
        {
            code.ToMask();
        }
    }

    // Everything is computed before anything is stored, because what is computed may need the memory itself.
    private Action[] Spill(IrInstruction instruction)
    {
        Action[] operands = new Action[instruction.Operands.Length];
        List<Action> stores = [];
        for (int i = instruction.Opcode == IrOpcode.WarpShuffle ? 1 : 0; i < operands.Length; i++)
        {
            IrValue operand = instruction.Operands[i];
            operands[i] = shapes[operand].IsScalar ? Scalar(operand) : Vector(operand, i, stores);
        }

        stores.ForEach(store => store());
        return operands;
    }

    private Action Scalar(IrValue operand)
    {
        if (operand is IrConstant)
        {
            return () => body.PushScalar(operand);
        }

        LaneShape shape = shapes[operand];
        LocalBuilder first = _il.DeclareLocal(ScalarCode.ClrType(operand.Type));
        body.PushScalar(operand);
        _il.Emit(OpCodes.Stloc, first);
        return () =>
        {
            _il.Emit(OpCodes.Ldloc, first);
            if (shape.Kind == LaneShapeKind.Steps)
            {
                values.PushStep(shape, operand.Type, () => _il.Emit(OpCodes.Ldloc, _lane));
                _il.Emit(OpCodes.Add);
            }
        };
    }

    private Action Vector(IrValue operand, int slot, List<Action> stores)
    {
        for (int part = 0; part < VectorWidth.Parts(operand.Type); part++)
        {
            LocalBuilder vector = _il.DeclareLocal(code.Width.Register(operand.Type));
            values.Push(operand, part);
            if (operand.Type == IrType.Bool)
            {
                code.ToNumbers();
            }

            _il.Emit(OpCodes.Stloc, vector);
            int number = part;
            stores.Add(() =>
            {
                _il.Emit(OpCodes.Ldloc, vector);
                Slot(slot, number);
                code.Store(VectorWidth.Element(operand.Type));
            });
        }

        return () =>
        {
            PlaceOf(slot, operand);
            ScalarCode.LoadKept(_il, operand.Type);
        };
    }

    private void Compute(IrInstruction instruction, Action[] operands)
    {
        switch (instruction.Opcode)
        {
            case IrOpcode.Load:
                operands[0]();
                ScalarCode.Load(_il, instruction.Operands[0].Type.Element);
                break;
            case IrOpcode.Store:
                operands[0]();
                operands[1]();
                ScalarCode.Store(_il, instruction.Operands[0].Type.Element);
                break;
            case IrOpcode.WarpShuffle:
                body.Method.Shuffle(instruction, operands[1], LoadItem);
                break;
            default:
                Array.ForEach(operands, push => push());
                if (!ScalarCode.Operation(_il, instruction))
                {
                    throw body.Method.Defect($"{instruction.Opcode} has no translation for the processor");
                }

                break;
        }
    }

    private void LoadItem()
    {
        body.Method.LoadItem();
        _il.Emit(OpCodes.Ldloc, _lane);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }

    private void Slot(int slot, int part)
    {
        body.Method.LoadScratch();
        _il.Emit(OpCodes.Ldc_I4, (slot * code.Width.Lanes * sizeof(long)) + (part * code.Width.Bytes));
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }

    private void PlaceOf(int slot, IrValue value)
    {
        Slot(slot, 0);
        _il.Emit(OpCodes.Ldloc, _lane);
        _il.Emit(OpCodes.Conv_I);
        ScalarCode.Scale(_il, VectorWidth.Parts(value.Type) * sizeof(int));
        _il.Emit(OpCodes.Add);
    }
}
