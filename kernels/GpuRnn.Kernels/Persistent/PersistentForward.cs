using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>All steps of a recurrent layer in one launch: blocks share the units, keep their weights, and meet once a step.</summary>
public static class PersistentForward
{
    /// <summary>Elements from one row tile's counter to the next: 128 bytes, so that tiles do not share a cache line.</summary>
    public const int CounterStride = 32;

    /// <summary>Runs the loop.</summary>
    /// <typeparam name="TNode">The node's mathematics and formula.</typeparam>
    /// <typeparam name="TTile">A thread's register tile.</typeparam>
    /// <typeparam name="TBlocks">Its columns.</typeparam>
    /// <typeparam name="TGates">The blocks of the step's product.</typeparam>
    /// <remarks>
    /// Groups: X over units, Y over row tiles; X of the group over the threads of a <see cref="BlockShape"/>. Dynamic shared memory:
    /// <see cref="BlockShape.SharedFloats"/>. Aliasing: <see cref="ForwardArguments"/>. Deterministic; bits depend on the slices
    /// alone. One barrier among the blocks of a row tile a step, see <see cref="GridExchange"/>, and three of the group besides those of the product.
    /// </remarks>
    [Cooperative]
    public static void Forward<TNode, TTile, TBlocks, TGates>(
        ForwardArguments arguments,
        ArrayView<int> steps,        // for each step in the order of the loop: its first row, its rows
        ArrayView<float> exchanged,  // scratch, at a multiple of 16 bytes, [row tiles][2] by BlockShape.VectorFloats
        ArrayView<int> counters)     // zeros, [row tiles] by CounterStride
        where TNode : struct, IStepNode
        where TTile : struct, IRowTile<TTile, TBlocks>
        where TBlocks : struct, IBlocks<TBlocks, F32>
        where TGates : struct, IBlocks<TGates, F32>
    {
        BlockGeometry geometry = new(arguments.Units, TGates.Count, arguments.Rows, arguments.Slices, TBlocks.Count, TTile.Count);
        ArrayView<float> shared = SharedMemory.GetDynamic<float>();
        GridExchange exchange = new(exchanged.AsAligned(16), counters, StagedTileProduct<TTile, TBlocks>.VectorFloats(geometry, arguments.Width));
        ForwardLoop.Run<TNode, StagedTileProduct<TTile, TBlocks>, TGates, GridExchange>(arguments, steps, geometry, ref exchange, shared);
    }

    /// <summary>The kernel for a node and a division.</summary>
    public static MethodInfo Close(Type node, BlockShape shape) =>
        shape.Close(typeof(PersistentForward).GetMethod(nameof(Forward))!, node);

    /// <summary>The kernel for every node, with the largest register tile.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() =>
        KernelCatalog.Nodes.Select(node => Close(node, BlockShape.Sample(isBackward: false)));
}
