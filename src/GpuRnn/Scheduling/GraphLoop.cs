using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling;

/// <summary>A loop whose passes are graphs of another loop's launches.</summary>
internal sealed class GraphLoop : ISequenceLoop
{
    private readonly ISequenceLoop _steps;
    private readonly CapturedPass _forward = new();
    private readonly CapturedPass _backward = new();

    /// <summary>Wraps a loop, which it owns.</summary>
    public GraphLoop(ISequenceLoop steps)
    {
        _steps = steps;
        Description = ["captured at the second pass over the same memory, then one call a pass", .. steps.Description];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Description { get; }

    /// <inheritdoc/>
    public void Forward(DeviceStream stream, SequenceForwardArguments arguments) =>
        _forward.Run(stream, [.. Memory(arguments)], () => _steps.Forward(stream, arguments));

    /// <inheritdoc/>
    public void Backward(DeviceStream stream, SequenceBackwardArguments arguments) =>
        _backward.Run(stream, [.. Memory(arguments)], () => _steps.Backward(stream, arguments));

    /// <inheritdoc/>
    public void Dispose()
    {
        _forward.Dispose();
        _backward.Dispose();
        _steps.Dispose();
    }

    private static IEnumerable<object> Memory(SequenceForwardArguments arguments) =>
    [
        arguments.Inputs, .. arguments.Weights, .. arguments.Biases, .. arguments.Parameters, .. arguments.InitialStates, .. arguments.States,
        .. arguments.Values, .. arguments.FinalStates,
    ];

    private static IEnumerable<object> Memory(SequenceBackwardArguments arguments) =>
    [
        .. Memory(arguments.Forward), .. arguments.StateGradients, .. arguments.FinalStateGradients, arguments.InputGradients,
        .. arguments.ProductGradients, .. arguments.InitialStateGradients, .. arguments.ParameterGradients,
        arguments.RecordedGradient,
    ];

    /// <summary>One pass: run plainly the first time, which loads and allocates, captured the second, repeated from then on.</summary>
    private sealed class CapturedPass : IDisposable
    {
        private object[]? _memory;
        private DeviceGraph? _graph;

        public void Run(DeviceStream stream, object[] memory, Action work)
        {
            if (_memory is null || !_memory.SequenceEqual(memory))
            {
                Dispose();
                _memory = memory;
                work();
                return;
            }

            _graph ??= stream.Capture(work);
            _graph.Launch(stream);
        }

        public void Dispose()
        {
            _graph?.Dispose();
            _graph = null;
        }
    }
}
