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

    /// <summary>Runs the node forward where nobody reads its values afterwards and all input slots of a row stand in one row, at <see cref="StepFrame.InputOffsets"/>.</summary>
    /// <param name="frame">The worker's tables.</param>
    /// <param name="row">First row of the step.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="unit">First unit.</param>
    /// <param name="units">Units.</param>
    /// <param name="products">As for <see cref="Forward"/>.</param>
    /// <param name="productStride">Elements between rows of the scratch tile.</param>
    /// <param name="inputs">The inputs of <paramref name="row"/> at <paramref name="unit"/>.</param>
    /// <param name="inputStride">Elements between rows of inputs.</param>
    public abstract void Infer(
        StepFrame* frame, int row, int rows, int unit, int units, float* products, nint productStride, float* inputs, nint inputStride);

    /// <summary>Runs the node backward.</summary>
    public abstract void Backward(StepFrame* frame, int row, int rows, int unit, int units);
}

/// <summary>The runner of one node type: whole registers first, then a 128-bit register and single units at the end of a row.</summary>
/// <remarks>
/// All rows of a call run in one method: on a Zen 5 core a call of a method with wide registers costs some 25 cycles, a quarter of what a register of an LSTM took (docs/performance.md).
/// Each iteration is one register; a lane of two side by side, meant to overlap two chains, went past what the JIT inlines: calls appeared in the loop.
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
        ForwardUnits<TLane>(frame, row, rows, unit, products, productStride, 0, whole);
        if (whole != units)
        {
            ForwardUnits<V128>(frame, row, rows, unit, products, productStride, whole, quarters);
            ForwardUnits<V1>(frame, row, rows, unit, products, productStride, quarters, units);
        }
    }

    /// <inheritdoc/>
    public override void Infer(
        StepFrame* frame, int row, int rows, int unit, int units, float* products, nint productStride, float* inputs, nint inputStride)
    {
        int whole = units - (units % TLane.Count);
        int quarters = units - (units % V128.Count);
        InferUnits<TLane>(frame, row, rows, unit, products, productStride, inputs, inputStride, 0, whole);
        if (whole != units)
        {
            InferUnits<V128>(frame, row, rows, unit, products, productStride, inputs, inputStride, whole, quarters);
            InferUnits<V1>(frame, row, rows, unit, products, productStride, inputs, inputStride, quarters, units);
        }
    }

    /// <inheritdoc/>
    public override void Backward(StepFrame* frame, int row, int rows, int unit, int units)
    {
        int whole = units - (units % TLane.Count);
        int quarters = units - (units % V128.Count);
        BackwardUnits<TLane>(frame, row, rows, unit, 0, whole);
        if (whole != units)
        {
            BackwardUnits<V128>(frame, row, rows, unit, whole, quarters);
            BackwardUnits<V1>(frame, row, rows, unit, quarters, units);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ForwardUnits<T>(StepFrame* frame, nint row, nint rows, nint unit, float* products, nint productStride, nint first, nint end)
        where T : struct, IVectorLane<T>
    {
        for (nint endRow = row + rows; row < endRow; row++)
        {
            for (nint u = first; u < end; u += T.Count)
            {
                ForwardSlots<T> slots = new(frame, row, unit + u, products + u);
                TNode.Forward<T, ForwardSlots<T>>(ref slots);
            }

            products += productStride;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void InferUnits<T>(
        StepFrame* frame, nint row, nint rows, nint unit, float* products, nint productStride, float* inputs, nint inputStride, nint first, nint end)
        where T : struct, IVectorLane<T>
    {
        for (nint endRow = row + rows; row < endRow; row++)
        {
            for (nint u = first; u < end; u += T.Count)
            {
                InferenceSlots<T> slots = new(frame, row, unit + u, products + u, inputs + u);
                TNode.Forward<T, InferenceSlots<T>>(ref slots);
            }

            products += productStride;
            inputs += inputStride;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void BackwardUnits<T>(StepFrame* frame, nint row, nint rows, nint unit, nint first, nint end)
        where T : struct, IVectorLane<T>
    {
        for (nint endRow = row + rows; row < endRow; row++)
        {
            for (nint u = first; u < end; u += T.Count)
            {
                BackwardSlots<T> slots = new(frame, row, unit + u);
                TNode.Backward<T, BackwardSlots<T>>(ref slots);
            }
        }
    }
}
