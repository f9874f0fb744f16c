using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>The initial states of a loop without gaps between their rows, as kernels read them.</summary>
internal sealed class LoopInitials
{
    private readonly StepGraph _graph;
    private readonly int _batchSize;
    private readonly PlanRegion[] _regions;
    private readonly ArrayView<float>[] _placed;

    /// <summary>Sets room aside for states that come otherwise, or not at all.</summary>
    public LoopInitials(PlanMemory memory, StepGraph graph, int batchSize)
    {
        _graph = graph;
        _batchSize = batchSize;
        _regions = [.. graph.States.Select(state => memory.Reserve(batchSize, state.Width))];
        _placed = new ArrayView<float>[_regions.Length];
    }

    /// <summary>For each state, [B, width]: what was given, or a copy of it, or zeros. The same array at each pass.</summary>
    public ArrayView<float>[] Place(DeviceStream stream, RowOperations operations, SequenceForwardArguments arguments)
    {
        for (int state = 0; state < _placed.Length; state++)
        {
            RowsView given = arguments.InitialStates[state];
            int width = _graph.States[state].Width;
            if (!given.IsAbsent && given.RowStride == width)
            {
                _placed[state] = given.Memory;
                continue;
            }

            operations.CopyOrClear(stream, given, _regions[state].Rows, _batchSize, width);
            _placed[state] = _regions[state].View;
        }

        return _placed;
    }
}
