using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Persistent;

/// <summary>A time loop of one launch a pass, whose blocks keep their part of the recurrent weight for all steps.</summary>
internal sealed class BlockLoop : ISequenceLoop
{
    private readonly StepGraph _graph;
    private readonly SequenceLayout _layout;
    private readonly RowOperations _operations;
    private readonly StepTable _steps;
    private readonly PlanMemory _memory;
    private readonly BlockPass _forward;
    private readonly BlockPass? _backward;
    private readonly PlanRegion? _vectorGradients;
    private readonly PlanRegion _ones;

    /// <summary>Allocates the loop's scratch and loads its kernels.</summary>
    public BlockLoop(
        Device device, RowOperations operations, SequenceLoopRequest request, OneProductStep step, BlockDivision division)
    {
        _graph = request.Graph;
        _layout = request.Layout;
        _operations = operations;
        _steps = new StepTable(device, _layout, request.IsReverse);
        _memory = new PlanMemory(device);
        BlockPass Pass(Kernels.Persistent.IBlockShape shape) =>
            new(device, operations, _memory, _steps, shape, step, _layout.BatchSize, division.IsSingle);
        _forward = Pass(division.Forward);
        _backward = division.Backward is null ? null : Pass(division.Backward);
        _ones = _memory.Reserve(1, _layout.BatchSize);
        _vectorGradients = _backward is null || _graph.Parameters.Count == 0
            ? null
            : _memory.Reserve((long)_graph.Parameters.Count * _layout.BatchSize, step.Node.Width);
        _memory.Commit();
        operations.Fill(device.DefaultStream, _ones.Rows, 1, _layout.BatchSize, 1);
        Description =
        [
            $"one launch for all {_layout.TimeSteps} steps: {_forward}",
            .. _backward is null ? Array.Empty<string>() : [$"backwards: {_backward}"],
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Description { get; }

    /// <inheritdoc/>
    public void Forward(DeviceStream stream, SequenceForwardArguments arguments) =>
        _forward.Launch(stream, BlockArguments.Forward(_graph, _layout, _forward.Shape, arguments));

    /// <inheritdoc/>
    public void Backward(DeviceStream stream, SequenceBackwardArguments arguments)
    {
        if (_backward is null)
        {
            throw new InvalidOperationException(
                "BlockLoop.Backward: the loop was prepared for inference, but gradients were asked for. Request it with NeedsGradient: true.");
        }

        _backward.Launch(stream, BlockArguments.Backward(_graph, _layout, _backward.Shape, arguments, (_vectorGradients ?? _ones).View));
        for (int slot = 0; slot < _graph.Parameters.Count; slot++)
        {
            int width = _graph.Parameters[slot].Width;
            _operations.Product(stream, new MatrixProduct
            {
                A = _ones.Rows,
                B = _vectorGradients!.Rows.FromRow(slot * _layout.BatchSize),
                C = arguments.ParameterGradients[slot].AsRows(width),
                Accumulate = true,
                M = 1,
                N = width,
                K = _layout.BatchSize,
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _steps.Dispose();
        _memory.Dispose();
    }
}
