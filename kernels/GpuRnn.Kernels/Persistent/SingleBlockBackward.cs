using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>All backward steps of a small recurrent layer in one launch: a block holds all units of its rows, so that blocks never wait for each other.</summary>
public static class SingleBlockBackward
{
    /// <summary>Runs the loop.</summary>
    /// <typeparam name="TNode">The node's mathematics and formula.</typeparam>
    /// <typeparam name="TTile">A thread's register tile.</typeparam>
    /// <typeparam name="TBlocks">Its columns.</typeparam>
    /// <typeparam name="TGates">The blocks of the step's product.</typeparam>
    /// <remarks>
    /// Groups: Y over row tiles; X of the group over the threads of a <see cref="BlockShape"/>. Dynamic shared memory:
    /// <see cref="BlockShape.SharedFloats"/>. Aliasing: <see cref="BackwardArguments"/>. Deterministic; bits depend on the slices alone. Two
    /// barriers a step.
    /// </remarks>
    public static void Backward<TNode, TTile, TBlocks, TGates>(
        BackwardArguments arguments,
        ArrayView<int> steps)        // for each step in the order of the forward loop: its first row, its rows
        where TNode : struct, IStepNode
        where TTile : struct, IRowTile<TTile, TBlocks>
        where TBlocks : struct, IBlocks<TBlocks, F32>
        where TGates : struct, IBlocks<TGates, F32>
    {
        BlockGeometry geometry = new(arguments.Units, 1, arguments.Rows, arguments.Slices, TBlocks.Count, TTile.Count);
        ArrayView<float> shared = SharedMemory.GetDynamic<float>();
        int sums = BlockGeometry.Aligned(TileProduct<TTile, TBlocks>.WeightFloats(geometry, TGates.Count * arguments.Width) + geometry.Stride);
        GroupExchange exchange = new(shared.SubView(sums + BlockGeometry.Aligned(geometry.Slices * geometry.SliceFloats)));
        BackwardLoop.Run<TNode, TileProduct<TTile, TBlocks>, TGates, GroupExchange>(arguments, steps, geometry, ref exchange, shared);
    }

    /// <summary>The kernel for a node and a division.</summary>
    public static MethodInfo Close(Type node, BlockShape shape) =>
        shape.Close(typeof(SingleBlockBackward).GetMethod(nameof(Backward))!, node);

    /// <summary>The kernel for every node, with the largest register tile.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() =>
        KernelCatalog.Nodes.Select(node => Close(node, BlockShape.Sample(isBackward: true)));
}
