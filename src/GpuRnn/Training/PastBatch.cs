using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>A batch that is run again behind the one that follows it.</summary>
/// <param name="Batch">Its inputs, copied.</param>
/// <param name="Start">For each stateful layer, where the batch began; null for zeros.</param>
internal sealed record PastBatch(Batch Batch, RecurrentState?[] Start) : IDisposable
{
    /// <summary>Writes where it began.</summary>
    public void SaveState(SavedState state)
    {
        for (int i = 0; i < Start.Length; i++)
        {
            CarriedState.SaveState(state.Section($"{i}"), Start[i]);
        }
    }

    /// <summary>Reads where it began.</summary>
    public void LoadState(SavedState state, Device device)
    {
        for (int i = 0; i < Start.Length; i++)
        {
            Start[i] = CarriedState.LoadState(state.Section($"{i}"), device);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RecurrentState? state in Start)
        {
            state?.Dispose();
        }
    }
}
