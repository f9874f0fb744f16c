using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>A part of a kernel without a barrier inside.</summary>
internal sealed class KernelRegion(int number, IrBlock entry, IReadOnlyList<IrBlock> blocks, bool waitsForGroup, bool beginsWithAccess)
{
    internal int Number { get; } = number;

    internal IrBlock Entry { get; } = entry;

    /// <summary>The region's blocks, the entry first.</summary>
    internal IReadOnlyList<IrBlock> Blocks { get; } = blocks;

    /// <summary>True when the whole group must have arrived before the region begins, false when the own warp is enough.</summary>
    internal bool WaitsForGroup { get; } = waitsForGroup;

    /// <summary>True when the region waits for nobody: an access to global memory begins it, before which others may run.</summary>
    internal bool BeginsWithAccess { get; } = beginsWithAccess;

    /// <summary>What is computed in the region.</summary>
    internal HashSet<IrValue> Defined { get; } = [.. blocks.SelectMany(block => block.Parameters.Concat<IrValue>(block.Instructions))];

    /// <summary>What the region needs of what was computed before it.</summary>
    internal List<IrValue> Kept { get; } = [];

    /// <summary>What the region computes again because that is cheaper than keeping it, operands first.</summary>
    internal List<IrInstruction> Recomputed { get; } = [];
}
