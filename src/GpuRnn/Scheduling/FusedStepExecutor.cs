using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Scheduling;

/// <summary>Runs a cell of one product and one pointwise node with one launch a step, for devices that compute with vectors in one thread.</summary>
/// <remarks>One launch a step and not one for all: groups of an OpenCL launch need not run at the same time, so they cannot wait for each other.</remarks>
public sealed class FusedStepExecutor : ISequenceExecutor
{
    private readonly Device _device;
    private readonly RowOperations _operations;

    /// <summary>Prepares the executor.</summary>
    /// <param name="device">Where the loops will run.</param>
    /// <param name="matrices">What runs the products outside the fused kernel.</param>
    public FusedStepExecutor(Device device, IMatrixExecutor matrices)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(matrices);
        _device = device;
        _operations = new RowOperations(device, matrices);
    }

    /// <inheritdoc/>
    public string Name => "fused-step";

    /// <inheritdoc/>
    public SupportAnswer Supports(SequenceLoopRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Precision != ProductPrecision.Single)
        {
            return SupportAnswer.No($"{request.Precision} was asked for, and its tiles multiply in single precision");
        }

        int lanes = DeviceTiles.Lanes(_device);
        if (lanes == 1)
        {
            return SupportAnswer.No("a thread of the device holds one number, so a tile of vectors would leave it idle");
        }

        SupportAnswer fit = OneProductStep.Read(request.Graph, "the fused kernel", holdsInputs: false, out OneProductStep? step);
        if (step is null)
        {
            return fit;
        }

        (ProductNode product, PointwiseNode node) = step;
        SupportAnswer answer = _device.Supports(KernelEntry.Read(FusedStepForward.Close(node.Implementation, Tile(request, product))));
        return answer.IsSupported
            ? SupportAnswer.Yes($"one launch a step, tiles of {Tile(request, product)} numbers in registers")
            : SupportAnswer.No($"node \"{node.Name}\": {answer.Reason}");
    }

    /// <inheritdoc/>
    public ISequenceLoop Prepare(SequenceLoopRequest request)
    {
        SupportAnswer answer = Supports(request);
        return answer.IsSupported
            ? new FusedStepLoop(_device, _operations, request, Tile(request, request.Graph.StepProducts.Single()))
            : throw new DeviceException(
                $"FusedStepExecutor.Prepare: the cell \"{request.Graph.Name}\" cannot run here: {answer.Reason}. Choose the stepwise schedule.");
    }

    private TileShape Tile(SequenceLoopRequest request, ProductNode product) =>
        TileTable.Step(DeviceTiles.Lanes(_device), product.BlockCount, request.Layout.BatchSize);
}
