using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>How each value of a function changes from lane to lane.</summary>
/// <remarks>
/// Values that are the same in all lanes, and those that grow in equal steps, stay scalars; that keeps addresses scalar, and a load of
/// neighbours one load. A parameter of a loop is first taken to have the shape with which the loop is entered, which holds if the next round
/// brings the same. That a step times an index wraps inside a vector needs no care in an address: it lies outside its view in plain C# too.
/// </remarks>
internal sealed class LaneShapes
{
    private readonly LaneDivergence _divergence;
    private readonly Dictionary<IrValue, LaneShape> _shapes = [];
    private readonly HashSet<IrValue> _addressing;

    internal LaneShapes(IrFunction function, ControlFlow flow, LaneDivergence divergence)
    {
        _divergence = divergence;
        _addressing = Addressing(function, flow);
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (IrBlock block in flow.Blocks)
            {
                foreach (IrInstruction instruction in block.Instructions.Where(divergence.IsVarying))
                {
                    changed |= Known(instruction.Operands) && Note(instruction, divergence.Escapes(instruction) ? LaneShape.Varying : Compute(instruction));
                }

                foreach (IrEdge edge in block.Edges)
                {
                    changed |= Arrive(edge);
                }
            }
        }
    }

    /// <summary>How the value differs between the lanes.</summary>
    internal LaneShape this[IrValue value] => !_divergence.IsVarying(value) ? LaneShape.Uniform
        : _shapes.TryGetValue(value, out LaneShape shape) ? shape
        : LaneShape.Varying;

    private bool Known(IrValue[] operands) => Array.TrueForAll(operands, operand => !_divergence.IsVarying(operand) || _shapes.ContainsKey(operand));

    // Shapes only ever fall to Varying, so the search ends.
    private bool Note(IrValue value, LaneShape shape)
    {
        if (!_shapes.TryGetValue(value, out LaneShape old))
        {
            _shapes[value] = shape;
            return true;
        }

        if (old == shape || old.Kind == LaneShapeKind.Varying)
        {
            return false;
        }

        _shapes[value] = LaneShape.Varying;
        return true;
    }

    private bool Arrive(IrEdge edge)
    {
        bool changed = false;
        for (int i = 0; i < edge.Arguments.Count; i++)
        {
            IrBlockParameter parameter = edge.Target.Parameters[i];
            if (_divergence.IsVarying(parameter) && Known([edge.Arguments[i]]))
            {
                changed |= Note(parameter, _divergence.IsMixed(parameter) ? LaneShape.Varying : this[edge.Arguments[i]]);
            }
        }

        return changed;
    }

    private LaneShape Compute(IrInstruction instruction)
    {
        IrValue[] operands = instruction.Operands;
        switch (instruction.Opcode)
        {
            case IrOpcode.WorkItem when (WorkItemQuery)instruction.Immediate is WorkItemQuery.LaunchIndexX or WorkItemQuery.GroupIndexX:
                return LaneShape.Steps(1, null);
            case IrOpcode.LocalArray:
                return LaneShape.Steps(RegionMethod.LocalArrayBytes(instruction), null);
            case IrOpcode.Add or IrOpcode.Subtract when instruction.Type.IsInteger:
                return LaneShape.Sum(this[operands[0]], this[operands[1]], instruction.Opcode == IrOpcode.Add ? 1 : -1);
            case IrOpcode.Multiply when instruction.Type.IsInteger && this[operands[1]].Kind == LaneShapeKind.Uniform:
                return this[operands[0]].Times(operands[1]);
            case IrOpcode.Multiply when instruction.Type.IsInteger && this[operands[0]].Kind == LaneShapeKind.Uniform:
                return this[operands[1]].Times(operands[0]);
            case IrOpcode.ShiftLeft when operands[1] is IrConstant { Bits: >= 0 and < 31 } count:
                return this[operands[0]].Times(IrConstant.Of(1 << (int)count.Bits));
            case IrOpcode.Convert when operands[0].Type == IrType.I32 && instruction.Type == IrType.I64 && _addressing.Contains(instruction):
                return this[operands[0]];
            case IrOpcode.ElementAddress:
                return LaneShape.Sum(this[operands[0]], this[operands[1]].Times(IrConstant.Of(instruction.Type.PointeeBytes)), 1);
            case IrOpcode.ByteAddress:
                return LaneShape.Sum(this[operands[0]], this[operands[1]], 1);
            default:
                return LaneShape.Varying;
        }
    }

    /// <summary>The values of 64 bits of which only addresses are made, so that a wrapped index need not be told from one that is not.</summary>
    private static HashSet<IrValue> Addressing(IrFunction function, ControlFlow flow)
    {
        ILookup<IrValue, IrInstruction> users = function.Instructions
            .SelectMany(user => user.Operands.Select(operand => (operand, user)))
            .ToLookup(use => use.operand, use => use.user);
        HashSet<IrValue> elsewhere = [.. function.Blocks.SelectMany(block => block.Edges.SelectMany(edge => edge.Arguments).Append(block.Condition!))];
        HashSet<IrValue> found = [];
        foreach (IrInstruction instruction in flow.Blocks.Reverse().SelectMany(block => block.Instructions.AsEnumerable().Reverse()))
        {
            if (instruction.Type == IrType.I64 && !elsewhere.Contains(instruction) && users[instruction].All(user =>
                user.Opcode is IrOpcode.ElementAddress or IrOpcode.ByteAddress
                || (user.Opcode is IrOpcode.Add or IrOpcode.Subtract or IrOpcode.Multiply or IrOpcode.ShiftLeft && found.Contains(user))))
            {
                found.Add(instruction);
            }
        }

        return found;
    }
}
