using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>Runs a pointwise node over a block of rows and units; the base lets a loop hold nodes whose type it learns at run time.</summary>
internal abstract unsafe class PointwiseRunner
{
    /// <summary>Makes the runner of a node type for a lane type.</summary>
    public static PointwiseRunner Create<TLane>(Type implementation)
        where TLane : struct, IVectorLane<TLane> =>
        (PointwiseRunner)Activator.CreateInstance(typeof(PointwiseRunner<,>).MakeGenericType(typeof(TLane), implementation))!;

    /// <summary>True where the node's gradients need an input slot again, as those of a mask do; others are done with them in the forward pass.</summary>
    /// <param name="slot">The slot's number as the node sees it.</param>
    public abstract bool ReadsInputBackward(int slot);

    /// <summary>Runs the node forward.</summary>
    /// <param name="frame">The worker's tables.</param>
    /// <param name="row">First row of the step.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="unit">First unit.</param>
    /// <param name="units">Units.</param>
    /// <param name="products">The scratch tile: row 0 is <paramref name="row"/>, and offsets count from <paramref name="unit"/>.</param>
    /// <param name="productStride">Elements between rows of the scratch tile.</param>
    public abstract void Forward(StepFrame* frame, int row, int rows, int unit, int units, float* products, nint productStride);

    /// <summary>Runs the node backward.</summary>
    public abstract void Backward(StepFrame* frame, int row, int rows, int unit, int units);
}

/// <summary>The runner of one node type: whole registers first, then a 128-bit register and single units at the end of a row.</summary>
/// <remarks>
/// An LSTM unit register takes about 50 ns on a Zen 3 core: one dependent chain of some 140 cycles in a window that holds little more than one
/// register's 270 instructions. A lane of two registers side by side, meant to overlap two chains, exhausted the JIT's inlining budget: calls
/// appeared in the loop and the forward pass of T=64 B=32 H=64 took 2.0 ms instead of 1.6 ms. So each iteration is one register.
/// </remarks>
internal sealed unsafe class PointwiseRunner<TLane, TNode> : PointwiseRunner
    where TLane : struct, IVectorLane<TLane>
    where TNode : struct, IStepNode
{
    /// <inheritdoc/>
    public override bool ReadsInputBackward(int slot)
    {
        GradientProbe probe = new(slot);
        TNode.Backward<F32, GradientProbe>(ref probe);
        return probe.IsRead;
    }

    /// <inheritdoc/>
    public override void Forward(StepFrame* frame, int row, int rows, int unit, int units, float* products, nint productStride)
    {
        int whole = units - (units % TLane.Count);
        int quarters = units - (units % V128.Count);
        for (int r = row; r < row + rows; r++)
        {
            ForwardUnits<TLane>(frame, r, unit, products, 0, whole);
            if (whole != units)
            {
                ForwardUnits<V128>(frame, r, unit, products, whole, quarters);
                ForwardUnits<V1>(frame, r, unit, products, quarters, units);
            }

            products += productStride;
        }
    }

    /// <inheritdoc/>
    public override void Backward(StepFrame* frame, int row, int rows, int unit, int units)
    {
        int whole = units - (units % TLane.Count);
        int quarters = units - (units % V128.Count);
        for (int r = row; r < row + rows; r++)
        {
            BackwardUnits<TLane>(frame, r, unit, 0, whole);
            if (whole != units)
            {
                BackwardUnits<V128>(frame, r, unit, whole, quarters);
                BackwardUnits<V1>(frame, r, unit, quarters, units);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ForwardUnits<T>(StepFrame* frame, nint row, nint unit, float* products, int first, int end)
        where T : struct, IVectorLane<T>
    {
        for (nint u = first; u < end; u += T.Count)
        {
            ForwardSlots<T> slots = new(frame, row, unit + u, products + u);
            TNode.Forward<T, ForwardSlots<T>>(ref slots);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void BackwardUnits<T>(StepFrame* frame, nint row, nint unit, int first, int end)
        where T : struct, IVectorLane<T>
    {
        for (nint u = first; u < end; u += T.Count)
        {
            BackwardSlots<T> slots = new(frame, row, unit + u);
            TNode.Backward<T, BackwardSlots<T>>(ref slots);
        }
    }
}
