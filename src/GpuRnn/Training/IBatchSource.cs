using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Training or validation data, cut into batches that can be asked for in any order within an epoch.</summary>
public interface IBatchSource
{
    /// <summary>Batches an epoch; may not change during a run.</summary>
    int BatchCount { get; }

    /// <summary>Puts the data in the order of a new epoch.</summary>
    /// <param name="random">All that may decide the order, apart from what the source was built with.</param>
    /// <remarks>
    /// The order must not depend on earlier epochs: a run resumed in the middle of an epoch sets the random source back to where it
    /// stood at the epoch's start, calls this again and goes on at the batch where it was interrupted.
    /// </remarks>
    void StartEpoch(RandomSource random);

    /// <summary>The batch at a position of the present epoch's order; valid until the next call.</summary>
    /// <param name="index">0 to <see cref="BatchCount"/> − 1.</param>
    Batch GetBatch(int index);
}
