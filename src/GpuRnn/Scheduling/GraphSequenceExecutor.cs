using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling;

/// <summary>Runs a loop of many launches as one graph: captured once for its memory, then repeated with one call a pass.</summary>
/// <remarks>For layers whose weights stay on no multiprocessor. A launch of a graph costs the host one call, whatever the number of steps.</remarks>
public sealed class GraphSequenceExecutor : ISequenceExecutor
{
    private readonly Device _device;
    private readonly ISequenceExecutor _steps;

    /// <summary>Wraps an executor.</summary>
    /// <param name="device">Whose queue captures.</param>
    /// <param name="steps">What is captured; it allocates and loads nothing after its first pass.</param>
    public GraphSequenceExecutor(Device device, ISequenceExecutor steps)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(steps);
        _device = device;
        _steps = steps;
    }

    /// <inheritdoc/>
    public string Name => "graph";

    /// <inheritdoc/>
    public bool RecordsGradients => _steps.RecordsGradients;

    /// <inheritdoc/>
    public SupportAnswer Supports(SequenceLoopRequest request)
    {
        SupportAnswer capture = _device.DefaultStream.SupportsCapture;
        SupportAnswer steps = _steps.Supports(request);
        return !capture.IsSupported ? capture
            : !steps.IsSupported ? steps
            : SupportAnswer.Yes($"the launches of {_steps.Name} are captured once and repeated with one call a pass");
    }

    /// <inheritdoc/>
    public ISequenceLoop Prepare(SequenceLoopRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        SupportAnswer answer = Supports(request);
        return answer.IsSupported
            ? new GraphLoop(_steps.Prepare(request))
            : throw new DeviceException(
                $"GraphSequenceExecutor.Prepare: the cell \"{request.Graph.Name}\" cannot run here: {answer.Reason}. Choose another schedule.");
    }
}
