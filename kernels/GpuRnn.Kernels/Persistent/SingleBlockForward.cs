using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>All steps of a small recurrent layer in one launch: a block holds all units of its rows, so that blocks never wait for each other.</summary>
public static class SingleBlockForward
{
    /// <summary>Runs the loop.</summary>
    /// <typeparam name="TNode">The node's mathematics and formula.</typeparam>
    /// <typeparam name="TTile">A thread's register tile.</typeparam>
    /// <typeparam name="TBlocks">Its columns.</typeparam>
    /// <typeparam name="TGates">The blocks of the step's product.</typeparam>
    /// <remarks>
    /// Groups: Y over row tiles; X of the group over the threads of a <see cref="BlockShape"/>. Dynamic shared memory:
    /// <see cref="BlockShape.SharedFloats"/>. Aliasing: <see cref="ForwardArguments"/>. Deterministic; bits depend on the slices alone. Two
    /// barriers a step.
    /// </remarks>
    public static void Forward<TNode, TTile, TBlocks, TGates>(
        ForwardArguments arguments,
        ArrayView<int> steps)        // for each step in the order of the loop: its first row, its rows
        where TNode : struct, IStepNode
        where TTile : struct, IRowTile<TTile, TBlocks>
        where TBlocks : struct, IBlocks<TBlocks, F32>
        where TGates : struct, IBlocks<TGates, F32>
    {
        BlockGeometry geometry = new(arguments.Units, TGates.Count, arguments.Rows, arguments.Slices, TBlocks.Count, TTile.Count);
        ArrayView<float> shared = SharedMemory.GetDynamic<float>();
        int sums = BlockGeometry.Aligned(TileProduct<TTile, TBlocks>.WeightFloats(geometry, arguments.Width) + geometry.Stride);
        GroupExchange exchange = new(shared.SubView(sums + BlockGeometry.Aligned(geometry.Slices * geometry.SliceFloats)));
        ForwardLoop.Run<TNode, TileProduct<TTile, TBlocks>, TGates, GroupExchange>(arguments, steps, geometry, ref exchange, shared);
    }

    /// <summary>The kernel for a node and a division.</summary>
    public static MethodInfo Close(Type node, BlockShape shape) =>
        shape.Close(typeof(SingleBlockForward).GetMethod(nameof(Forward))!, node);

    /// <summary>The kernel for every node, with the largest register tile.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() =>
        KernelCatalog.Nodes.Select(node => Close(node, BlockShape.Sample(isBackward: false)));
}
