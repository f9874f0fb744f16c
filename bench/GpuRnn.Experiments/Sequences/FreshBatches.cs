using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Sequences;

/// <summary>Batches that no epoch sees twice: every one is drawn when it is asked for.</summary>
internal sealed class FreshBatches : IBatchSource
{
    private readonly ISequenceTask _task;
    private readonly int _batchSize;
    private ulong _epochSeed;

    /// <summary>Serves sequences of a task.</summary>
    public FreshBatches(ISequenceTask task, int batchSize, int batchCount)
    {
        (_task, _batchSize, BatchCount) = (task, batchSize, batchCount);
    }

    /// <inheritdoc/>
    public int BatchCount { get; }

    /// <inheritdoc/>
    public void StartEpoch(RandomSource random)
    {
        _epochSeed = random.NextUInt64();
    }

    /// <inheritdoc/>
    public Batch GetBatch(int index)
    {
        return _task.Draw(new RandomSource(_epochSeed + (ulong)index), _batchSize);
    }
}
