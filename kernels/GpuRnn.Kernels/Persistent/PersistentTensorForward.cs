using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Linear;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary><see cref="PersistentForward"/> with products on tensor cores: recurrent weights and what they multiply are rounded, all else is single precision.</summary>
public static class PersistentTensorForward
{
    /// <summary>Runs the loop.</summary>
    /// <typeparam name="TNode">The node's mathematics and formula.</typeparam>
    /// <typeparam name="TFactor">What the factors of the step's product are rounded to.</typeparam>
    /// <typeparam name="TRows">Tiles of 16 rows of a block.</typeparam>
    /// <typeparam name="TColumns">Tiles of 8 columns of a block.</typeparam>
    /// <typeparam name="TGates">The blocks of the step's product.</typeparam>
    /// <remarks>
    /// Groups: X over units, Y over row tiles; X of the group over the threads of a <see cref="TensorBlockShape"/>. Dynamic shared memory:
    /// <see cref="TensorBlockShape.SharedFloats"/>. Aliasing: <see cref="ForwardArguments"/>. Rounding: <see cref="TensorProduct{TFactor, TRows, TColumns}"/>.
    /// Deterministic on one device; tensor cores add in an order of their own. Barriers as in <see cref="PersistentForward"/>.
    /// </remarks>
    [Cooperative]
    [LaunchBounds(TensorBlockShape.MostThreads, MinimumGroupsPerMultiprocessor = 1)]
    public static void Forward<TNode, TFactor, TRows, TColumns, TGates>(
        ForwardArguments arguments,
        ArrayView<int> steps,        // for each step in the order of the forward loop: its first row, its rows
        ArrayView<float> exchanged,  // zeros at first, at a multiple of 16 bytes, [row tiles][2] by TensorBlockShape.VectorFloats
        ArrayView<int> counters)     // zeros, [row tiles] by PersistentForward.CounterStride
        where TNode : struct, IStepNode
        where TFactor : struct, IMatrixFactor<TFactor>
        where TRows : struct, ITileCount
        where TColumns : struct, ITileCount
        where TGates : struct, IBlocks<TGates, F32>
    {
        BlockGeometry geometry = new(TGates.Count, TRows.Count, TColumns.Count, arguments.Slices);
        ArrayView<float> shared = SharedMemory.GetDynamic<float>();
        int depth = TensorProduct<TFactor, TRows, TColumns>.DepthOf(arguments.Width);
        GridExchange exchange = new(exchanged.AsAligned(16), counters, TensorProduct<TFactor, TRows, TColumns>.VectorFloats(geometry, depth));
        ForwardLoop.Run<TNode, TensorProduct<TFactor, TRows, TColumns>, TGates, GridExchange>(arguments, steps, geometry, ref exchange, shared);
    }

    /// <summary>The kernel for both kinds of factors, with a small tile and the longest node; <see cref="PersistentForward"/> has every node.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() =>
        TensorBlockShape.Factors.Select(factor => TensorBlockShape.Sample(isBackward: false, factor).Close(KernelCatalog.LongestNode, false));
}
