using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Decides whether neighbouring work-items along X run a region together, one in each lane of a vector, and what of it runs lane by lane.</summary>
internal sealed class VectorPlan
{
    // What a lane costs beyond the operation itself where a vector is taken apart: a store, a load and the loop.
    private const int LaneOverhead = 3;

    // The plan is the same on every machine, though 4 lanes gain a little less and 16 a little more.
    private const int UsualLanes = 8;

    // So many rounds a loop is taken to run.
    private const int LoopWeight = 8;

    private readonly Dictionary<IrBlock, LaneSection> _sections = [];

    private VectorPlan(IrFunction function, RegionSplit split, KernelRegion region, LaneDivergence divergence, LaneShapes shapes)
    {
        Divergence = divergence;
        Shapes = shapes;
        Instructions = [.. region.Recomputed, .. region.Blocks.SelectMany(block => block.Instructions)];
        bool hasVectors = function.Instructions.Any(one => one.Type.IsVector);
        List<LaneSection> sections = LaneSection.Find(region, split, divergence, out string? obstacle);
        sections.ForEach(section => section.Blocks.ToList().ForEach(block => _sections[block] = section));
        Obstacle = hasVectors ? "it computes with vectors itself"
            : !divergence.IsReducible && region.Blocks.Any(divergence.IsPartial) ? "a loop has several entries"
            : obstacle ?? Cost(region);
    }

    /// <summary>Why the region runs one work-item after the other; null when it runs in vectors.</summary>
    internal string? Obstacle { get; }

    internal LaneDivergence Divergence { get; }

    internal LaneShapes Shapes { get; }

    /// <summary>All that the region computes.</summary>
    internal IReadOnlyList<IrInstruction> Instructions { get; }

    internal static VectorPlan For(IrFunction function, RegionSplit split, KernelRegion region, LaneDivergence divergence, LaneShapes shapes) =>
        new(function, split, region, divergence, shapes);

    /// <summary>The section in which a block lies; null for one that all lanes pass.</summary>
    internal LaneSection? SectionOf(IrBlock block) => _sections.GetValueOrDefault(block);

    /// <summary>True for an instruction that is done for one lane after the other.</summary>
    internal bool RunsByLane(IrInstruction instruction) => instruction.Opcode switch
    {
        IrOpcode.Atomic or IrOpcode.LoadAcquire or IrOpcode.StoreRelease or IrOpcode.AddRelease or IrOpcode.WarpShuffle => true,
        IrOpcode.Load => !Shapes[instruction].IsScalar && !IsUniformHere(instruction) && !MayBeAdjacent(instruction.Operands[0]),
        IrOpcode.Store => !MayBeAdjacent(instruction.Operands[0]),
        _ => !Shapes[instruction].IsScalar && !IsUniformHere(instruction) && !VectorCode.IsKnown(instruction, operand => Shapes[operand].Kind == LaneShapeKind.Uniform),
    };

    /// <summary>The factor on which it depends whether an access meets neighbours; null when that is known.</summary>
    internal IrValue? FactorOf(IrInstruction access) => access.Opcode is IrOpcode.Load or IrOpcode.Store && !RunsByLane(access)
        && Shapes[access.Operands[0]] is { Kind: LaneShapeKind.Steps } address ? address.Factor : null;

    /// <summary>True for a value that is the same in all lanes where it is computed, though not where they take it.</summary>
    internal bool IsUniformHere(IrInstruction instruction) => Divergence.Escapes(instruction)
        && (instruction.IsPure || instruction.Opcode is IrOpcode.Load or IrOpcode.SharedArray or IrOpcode.DynamicSharedArray)
        && instruction.Opcode is not IrOpcode.WorkItem
        && Array.TrueForAll(instruction.Operands, operand => Shapes[operand].Kind == LaneShapeKind.Uniform);

    private bool MayBeAdjacent(IrValue address) => address.Type.Lanes == 1
        && address.Type.Element is ScalarKind.F32 or ScalarKind.I32 or ScalarKind.F64 or ScalarKind.I64
        && Shapes[address].Kind == LaneShapeKind.Steps && Shapes[address].Step == address.Type.PointeeBytes;

    private static string Operation(IrInstruction instruction) => instruction.Opcode switch
    {
        IrOpcode.Math => ((MathFunction)instruction.Immediate).ToString(),
        IrOpcode.WorkItem => ((WorkItemQuery)instruction.Immediate).ToString(),
        IrOpcode.Atomic or IrOpcode.WarpShuffle or IrOpcode.Load or IrOpcode.Store => instruction.Opcode.ToString(),
        _ => $"{instruction.Opcode} of {instruction.Operands[^1].Type}",
    };

    private string? Cost(KernelRegion region)
    {
        if (!Instructions.Any(one => !Shapes[one].IsScalar || one.Opcode == IrOpcode.Store))
        {
            return "it computes nothing that differs between neighbouring work-items";
        }

        long oneByOne = 0;
        long together = 0;
        foreach (IrInstruction instruction in Instructions)
        {
            int depth = Divergence.Loops.Values.Count(body => body.Contains(instruction.Block!));
            long weight = (long)Math.Pow(LoopWeight, Math.Min(depth, 4)) * CostOf(instruction);
            oneByOne += weight * UsualLanes;
            together += RunsByLane(instruction) ? (weight / CostOf(instruction)) * (CostOf(instruction) + LaneOverhead) * UsualLanes
                : Shapes[instruction].IsScalar ? weight
                : weight * VectorWidth.Parts(instruction.Type);
        }

        return together < oneByOne ? null
            : "most of it would run lane by lane: " + string.Join(", ", Instructions.Where(RunsByLane).Select(Operation).Distinct().Order(StringComparer.Ordinal));
    }

    // In additions.
    private static int CostOf(IrInstruction instruction) => instruction.Opcode switch
    {
        IrOpcode.Math when (MathFunction)instruction.Immediate > MathFunction.RoundToEven => 20,
        IrOpcode.Divide or IrOpcode.DivideUnsigned or IrOpcode.Remainder or IrOpcode.RemainderUnsigned => 8,
        _ => 1,
    };
}
