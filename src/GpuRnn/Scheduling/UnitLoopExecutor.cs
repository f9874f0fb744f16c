using System.Reflection;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Scheduling;

/// <summary>Runs a cell whose units hear only their own past, all steps in one launch.</summary>
/// <remarks>Threads never wait for each other, so any device can.</remarks>
public sealed class UnitLoopExecutor : ISequenceExecutor
{
    // One number a thread: neighbouring threads are neighbouring units, whose memory lies side by side.
    private const int GroupSize = 64;

    private readonly Device _device;
    private readonly RowOperations _operations;
    private readonly int _lanes;

    /// <summary>Prepares the executor.</summary>
    /// <param name="device">Where the loops will run.</param>
    /// <param name="matrices">What sums the gradients of learned vectors over the rows.</param>
    public UnitLoopExecutor(Device device, IMatrixExecutor matrices)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(matrices);
        _device = device;
        _operations = new RowOperations(device, matrices);
        _lanes = DeviceTiles.Lanes(device);
    }

    /// <inheritdoc/>
    public string Name => "unit-loop";

    /// <inheritdoc/>
    public SupportAnswer Supports(SequenceLoopRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        SupportAnswer fit = UnitLoop.Read(request.Graph);
        if (!fit.IsSupported)
        {
            return fit;
        }

        if (request.Precision != ProductPrecision.Single)
        {
            return SupportAnswer.No($"{request.Precision} was asked for, and products beside this loop are in single precision");
        }

        PointwiseNode node = request.Graph.Nodes.OfType<PointwiseNode>().Single();
        SupportAnswer nodeAnswer = StepwiseSequenceExecutor.SupportsNode(_device, node);
        if (!nodeAnswer.IsSupported)
        {
            return nodeAnswer;
        }

        foreach (MethodInfo kernel in new[] { UnitLoopForward.Close(node.Implementation, _lanes), UnitLoopBackward.Close(node.Implementation, _lanes) })
        {
            SupportAnswer answer = _device.Supports(KernelEntry.Read(kernel));
            if (!answer.IsSupported)
            {
                return SupportAnswer.No($"node \"{node.Name}\": {answer.Reason}");
            }
        }

        return SupportAnswer.Yes("units hear only their own past, so one launch runs all steps");
    }

    /// <inheritdoc/>
    public ISequenceLoop Prepare(SequenceLoopRequest request)
    {
        SupportAnswer answer = Supports(request);
        return answer.IsSupported
            ? new UnitLoop(_device, _operations, request, _lanes, _lanes > 1 ? 1 : GroupSize)
            : throw new DeviceException(
                $"UnitLoopExecutor.Prepare: the cell \"{request.Graph.Name}\" cannot run here: {answer.Reason}. Choose the stepwise schedule.");
    }
}
