namespace GpuRnn.Devices.Sequences;

/// <summary>A way to run a cell's time loop on a device. The scheduler asks each registered one in turn and names none.</summary>
public interface ISequenceExecutor
{
    /// <summary>The schedule's name as users see it and name it in <c>GPURNN_SCHEDULE</c>.</summary>
    string Name { get; }

    /// <summary>True when its loops can hand out the gradient of the output state at every step; most keep it in registers.</summary>
    bool RecordsGradients => false;

    /// <summary>Tells whether it can run the loop, with the reason for yes and for no.</summary>
    SupportAnswer Supports(SequenceLoopRequest request);

    /// <summary>Prepares the loop and allocates its scratch.</summary>
    /// <exception cref="DeviceException"><see cref="Supports"/> says no.</exception>
    ISequenceLoop Prepare(SequenceLoopRequest request);
}
