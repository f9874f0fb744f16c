using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>A row of work-items in vectors: whole ones while they fit, then one for those that are left.</summary>
/// <remarks>
/// A step that only the launch knows is nearly always one element. Before the row all such steps are compared with 1; if one differs, the whole row
/// runs as what is left does, in code that tests each access.
/// </remarks>
internal static class VectorRows
{
    internal static void Emit(RegionMethod method, VectorPlan plan)
    {
        ILGenerator il = method.Il;
        VectorCode code = new(il, VectorWidth.Widest);
        List<IrInstruction> hoisted = RowInvariants.Find(method.Function, method.Region, plan);
        HashSet<IrValue> steps = [.. plan.Instructions.Select(plan.FactorOf).OfType<IrValue>()
            .Where(factor => factor is IrParameter || (factor is IrInstruction instruction && hoisted.Contains(instruction)))];
        LocalBuilder present = il.DeclareLocal(code.Width.Vector(typeof(int)));
        VectorRegion whole = new(method, plan, hoisted, steps, null);
        VectorRegion left = new(method, plan, hoisted, [], present);
        Prepare(method, plan, hoisted, whole, left);

        Label isLeft = il.DefineLabel();
        Label end = il.DefineLabel();
        foreach (IrValue step in steps)
        {
            whole.PushScalar(step);
            il.Emit(OpCodes.Conv_I8);
            ScalarCode.Constant(il, IrConstant.Of(1L));
            il.Emit(OpCodes.Bne_Un, isLeft);
        }

        method.While(code.Width.Lanes, true, isLeft, whole.Emit);
        il.MarkLabel(isLeft);
        method.While(code.Width.Lanes, false, end, () =>
        {
            // The lanes whose number lies below the count of work-items that are left.
            code.Lanes(typeof(int));
            method.LoadLeft();
            code.Create(typeof(int));
            code.Call("LessThan", typeof(int), 2);
            il.Emit(OpCodes.Stloc, present);
            left.Emit();
        });
        il.MarkLabel(end);
    }

    // What is the same in a whole row, and the vectors of what is the same in a whole launch.
    private static void Prepare(RegionMethod method, VectorPlan plan, List<IrInstruction> hoisted, VectorRegion whole, VectorRegion left)
    {
        foreach (IrInstruction instruction in hoisted)
        {
            whole.Scalar(instruction);
            method.Il.Emit(OpCodes.Stloc, whole.ScalarLocal(instruction));
            left.Share(instruction, whole.ScalarLocal(instruction));
        }

        IEnumerable<IrValue> broadcasted = plan.Instructions
            .Where(one => !plan.Shapes[one].IsScalar || one.Opcode == IrOpcode.Store)
            .SelectMany(one => one.Operands)
            .Where(operand => operand is IrParameter || (operand is IrInstruction instruction && hoisted.Contains(instruction)))
            .Where(operand => plan.Shapes[operand].Kind == LaneShapeKind.Uniform && (operand.Type == IrType.F32 || operand.Type == IrType.I32))
            .Distinct();
        foreach (IrValue value in broadcasted)
        {
            left.Values.ShareBroadcast(value, whole.Values.Broadcast(value));
        }
    }
}
