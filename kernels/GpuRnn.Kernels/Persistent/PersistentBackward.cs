using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>All backward steps of a recurrent layer in one launch: blocks share the units, keep their weights, and meet once a step.</summary>
public static class PersistentBackward
{
    /// <summary>Runs the loop.</summary>
    /// <typeparam name="TNode">The node's mathematics and formula.</typeparam>
    /// <typeparam name="TTile">A thread's register tile.</typeparam>
    /// <typeparam name="TBlocks">Its columns.</typeparam>
    /// <typeparam name="TGates">The blocks of the step's product.</typeparam>
    /// <remarks>
    /// Groups: X over units, Y over row tiles; X of the group over the threads of a <see cref="BlockShape"/>. Dynamic shared memory:
    /// <see cref="BlockShape.SharedFloats"/>. Aliasing: <see cref="BackwardArguments"/>. Deterministic; bits depend on the slices
    /// alone. One barrier among the blocks of a row tile a step, see <see cref="GridExchange"/>, and three of the group besides those of the product.
    /// </remarks>
    [Cooperative]
    public static void Backward<TNode, TTile, TBlocks, TGates>(
        BackwardArguments arguments,
        ArrayView<int> steps,        // for each step in the order of the forward loop: its first row, its rows
        ArrayView<float> exchanged,  // scratch, at a multiple of 16 bytes, [row tiles][2] by BlockShape.VectorFloats
        ArrayView<int> counters)     // zeros, [row tiles] by PersistentForward.CounterStride
        where TNode : struct, IStepNode
        where TTile : struct, IRowTile<TTile, TBlocks>
        where TBlocks : struct, IBlocks<TBlocks, F32>
        where TGates : struct, IBlocks<TGates, F32>
    {
        BlockGeometry geometry = new(arguments.Units, 1, arguments.Rows, arguments.Slices, TBlocks.Count, TTile.Count);
        ArrayView<float> shared = SharedMemory.GetDynamic<float>();
        GridExchange exchange = new(exchanged.AsAligned(16), counters, StagedTileProduct<TTile, TBlocks>.VectorFloats(geometry, TGates.Count * arguments.Width));
        BackwardLoop.Run<TNode, StagedTileProduct<TTile, TBlocks>, TGates, GridExchange>(arguments, steps, geometry, ref exchange, shared);
    }

    /// <summary>The kernel for a node and a division.</summary>
    public static MethodInfo Close(Type node, BlockShape shape) =>
        shape.Close(typeof(PersistentBackward).GetMethod(nameof(Backward))!, node);

    /// <summary>The kernel for every node, with the largest register tile.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() =>
        KernelCatalog.Nodes.Select(node => Close(node, BlockShape.Sample(isBackward: true)));
}
