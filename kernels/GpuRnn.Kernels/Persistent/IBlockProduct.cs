namespace GpuRnn.Kernels.Persistent;

/// <summary>How a block multiplies its resident weights with the vectors of an exchange, and how both lie in memory for that.</summary>
/// <remarks>
/// A vector has a part for each gate, of <see cref="DepthOf"/> terms; terms beyond the width count as zero. The sums go to shared memory,
/// [slice][row][column], where <see cref="BlockSums"/> adds them up.
/// </remarks>
internal interface IBlockProduct
{
    /// <summary>Terms of a layer's units in a vector, those that fill up included.</summary>
    static abstract int DepthOf(int width);

    /// <summary>Floats of shared memory that the weights take.</summary>
    static abstract int WeightFloats(in BlockGeometry geometry, int depth);

    /// <summary>Floats of the exchange that the vectors of a row tile take.</summary>
    static abstract int VectorFloats(in BlockGeometry geometry, int depth);

    /// <summary>Brings the block's weights to shared memory; a barrier of the group must follow.</summary>
    static abstract void LoadWeights<TSource>(in BlockGeometry geometry, TSource source, ArrayView<float> weights, int depth)
        where TSource : struct, IWeightSource;

    /// <summary>Writes a term of the calling cell's row to the exchange; all threads of the group call this, those without a term with false.</summary>
    static abstract void Publish(in BlockGeometry geometry, ArrayView<float> memory, int start, int term, float value, bool isThere);

    /// <summary>Sums the thread's part of the products and leaves the sums in shared memory; all threads of the group call this.</summary>
    /// <param name="geometry">The thread's place.</param>
    /// <param name="weights">What <see cref="LoadWeights"/> wrote.</param>
    /// <param name="source">What <see cref="Publish"/> wrote.</param>
    /// <param name="start">Where the vectors begin.</param>
    /// <param name="depth">Terms of a sum.</param>
    /// <param name="sums">Shared memory.</param>
    static abstract void Run(in BlockGeometry geometry, ArrayView<float> weights, ArrayView<float> source, int start, int depth, ArrayView<float> sums);
}
