using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Decides whether neighbouring work-items along X run a region together, one in each lane of a vector.</summary>
/// <remarks>
/// Values that are the same in all lanes, and those that grow in equal steps, stay scalars; that keeps addresses scalar, and a load of
/// neighbours one load. Conditions must be the same in all lanes. That a step times an index wraps inside a vector needs no care: such an
/// address lies outside its view in plain C# too.
/// </remarks>
internal sealed class VectorPlan
{
    private readonly Dictionary<IrValue, LaneShape> _shapes = [];
    private readonly HashSet<IrValue> _varying;

    private VectorPlan(string obstacle)
    {
        _varying = [];
        Obstacle = obstacle;
    }

    private VectorPlan(IrFunction function, RegionSplit split, KernelRegion region)
    {
        (_varying, HashSet<IrBlock> divergent) = Uniformity.Analyse(function, IsSource);
        Obstacle = region.Blocks.Any(block => divergent.Contains(block) || (block.Condition is not null && _varying.Contains(block.Condition)))
            ? "neighbouring work-items may take different ways"
            : region.Blocks.SelectMany(block => block.Instructions).Concat(region.Recomputed).Select(ObstacleOf).FirstOrDefault(reason => reason is not null)
                ?? region.Blocks.SelectMany(block => block.Parameters).Select(ObstacleOfValue).FirstOrDefault(reason => reason is not null)
                ?? region.Kept.Concat(KeptBehind(split, region)).Where(split.IsSpilled).Select(ObstacleOfKept).FirstOrDefault(reason => reason is not null);
        if (Obstacle is null && region.Blocks.SelectMany(block => block.Instructions).All(one => Shape(one).IsScalar && one.Opcode != IrOpcode.Store))
        {
            Obstacle = "it computes nothing that differs between neighbouring work-items";
        }
    }

    /// <summary>Why the region runs one work-item after the other; null when it runs in vectors.</summary>
    internal string? Obstacle { get; }

    internal static VectorPlan For(IrFunction function, RegionSplit split, KernelRegion region) => new(function, split, region);

    /// <summary>For a region that no analysis needs to look at.</summary>
    internal static VectorPlan Scalar(string obstacle) => new(obstacle);

    /// <summary>How the value differs between the lanes.</summary>
    internal LaneShape Shape(IrValue value)
    {
        if (!_varying.Contains(value))
        {
            return LaneShape.Uniform;
        }

        if (!_shapes.TryGetValue(value, out LaneShape shape))
        {
            shape = value is IrInstruction instruction ? Compute(instruction) : LaneShape.Varying;
            _shapes[value] = shape;
        }

        return shape;
    }

    private static IEnumerable<IrValue> KeptBehind(RegionSplit split, KernelRegion region) =>
        region.Blocks.SelectMany(block => block.Edges).SelectMany(edge => split.Crossing(edge)?.Kept ?? []);

    private static bool IsSource(IrInstruction instruction) => instruction.Opcode switch
    {
        IrOpcode.Atomic or IrOpcode.LoadAcquire or IrOpcode.WarpShuffle or IrOpcode.LocalArray => true,
        IrOpcode.WorkItem => (WorkItemQuery)instruction.Immediate is WorkItemQuery.LaunchIndexX or WorkItemQuery.GroupIndexX
            or WorkItemQuery.LaneIndex or WorkItemQuery.WarpIndex,
        _ => false,
    };

    private LaneShape Compute(IrInstruction instruction)
    {
        IrValue[] operands = instruction.Operands;
        switch (instruction.Opcode)
        {
            case IrOpcode.WorkItem when (WorkItemQuery)instruction.Immediate is WorkItemQuery.LaunchIndexX or WorkItemQuery.GroupIndexX:
                return LaneShape.Steps(1, null);
            case IrOpcode.Add or IrOpcode.Subtract when instruction.Type.IsInteger:
                return LaneShape.Sum(Shape(operands[0]), Shape(operands[1]), instruction.Opcode == IrOpcode.Add ? 1 : -1);
            case IrOpcode.Multiply when instruction.Type.IsInteger && Shape(operands[1]).Kind == LaneShapeKind.Uniform:
                return Shape(operands[0]).Times(operands[1]);
            case IrOpcode.Multiply when instruction.Type.IsInteger && Shape(operands[0]).Kind == LaneShapeKind.Uniform:
                return Shape(operands[1]).Times(operands[0]);
            case IrOpcode.ShiftLeft when operands[1] is IrConstant { Bits: >= 0 and < 31 } count:
                return Shape(operands[0]).Times(IrConstant.Of(1 << (int)count.Bits));
            case IrOpcode.Convert or IrOpcode.ConvertUnsigned when operands[0].Type == IrType.I32 && instruction.Type == IrType.I64:
                return Shape(operands[0]);
            case IrOpcode.ElementAddress:
                return LaneShape.Sum(Shape(operands[0]), Shape(operands[1]).Times(IrConstant.Of(instruction.Type.PointeeBytes)), 1);
            case IrOpcode.ByteAddress:
                return LaneShape.Sum(Shape(operands[0]), Shape(operands[1]), 1);
            default:
                return LaneShape.Varying;
        }
    }

    private string? ObstacleOfKept(IrValue value) =>
        !IsNarrow(value.Type) && Shape(value).Kind != LaneShapeKind.Uniform ? "a value of 64 bits lives across a barrier" : null;

    private string? ObstacleOfValue(IrValue value) => !Shape(value).IsScalar && !IsNarrow(value.Type) ? "64-bit numbers differ between lanes" : null;

    private static bool IsNarrow(IrType type) => type == IrType.F32 || type == IrType.I32 || type == IrType.Bool;

    private string? ObstacleOf(IrInstruction instruction)
    {
        if (instruction.IsOrdered || instruction.Opcode is IrOpcode.Atomic or IrOpcode.WarpShuffle or IrOpcode.LocalArray or IrOpcode.Fence)
        {
            return $"it has the instruction {instruction.Opcode}";
        }

        if (instruction.Opcode is IrOpcode.Load or IrOpcode.Store)
        {
            return ObstacleOfAccess(instruction);
        }

        if (Shape(instruction).IsScalar)
        {
            return null;
        }

        // A step that is no vector stands in for one only where the vector can be made of it.
        IrValue? wide = Array.Find(instruction.Operands, operand => Shape(operand).Kind != LaneShapeKind.Uniform && !IsNarrow(operand.Type));
        return ObstacleOfValue(instruction) ?? (wide is not null ? "64-bit numbers differ between lanes"
            : VectorCode.IsKnown(instruction, operand => Shape(operand).Kind == LaneShapeKind.Uniform) ? null
            : $"{Operation(instruction)} has no vector form with the same bits");
    }

    private static string Operation(IrInstruction instruction) => instruction.Opcode switch
    {
        IrOpcode.Math => ((MathFunction)instruction.Immediate).ToString(),
        IrOpcode.WorkItem => ((WorkItemQuery)instruction.Immediate).ToString(),
        _ => $"{instruction.Opcode} of {instruction.Type}",
    };

    private string? ObstacleOfAccess(IrInstruction access)
    {
        LaneShape address = Shape(access.Operands[0]);
        bool isStore = access.Opcode == IrOpcode.Store;
        if (address.Kind == LaneShapeKind.Varying)
        {
            return "an address differs between lanes in no equal steps";
        }

        if (address.Kind == LaneShapeKind.Uniform)
        {
            return isStore ? "all lanes write to one address" : null;
        }

        return access.Operands[0].Type.Element is ScalarKind.F32 or ScalarKind.I32 ? null
            : $"the memory holds {access.Operands[0].Type.Element}, not numbers of 32 bits";
    }
}
