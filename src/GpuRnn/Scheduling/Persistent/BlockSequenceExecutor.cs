using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Persistent;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling.Persistent;

/// <summary>Runs all steps of a cell of one product and one pointwise node in one launch, with the recurrent weights in shared memory.</summary>
/// <remarks>
/// In <c>single-block</c> a block holds all units of its rows and waits for nobody, so that small layers run so anywhere. In the schedule
/// <c>persistent</c> blocks may share the units and wait for each other once a step, on devices that start all groups of a launch together;
/// the table shares them where they do not fit one block, or where that is slower.
/// </remarks>
public sealed class BlockSequenceExecutor : ISequenceExecutor
{
    private readonly Device _device;
    private readonly RowOperations _operations;
    private readonly bool _mayShare;
    private readonly Func<BlockLayer, BlockDivision>? _divide;

    private BlockSequenceExecutor(Device device, IMatrixExecutor? matrices, bool mayShare, Func<BlockLayer, BlockDivision>? divide)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _operations = new RowOperations(device, matrices ?? new PlainMatrixExecutor(device));
        _mayShare = mayShare;
        _divide = divide;
    }

    /// <inheritdoc/>
    public string Name => _mayShare ? "persistent" : "single-block";

    /// <summary>The schedule whose blocks hold all units of their rows.</summary>
    /// <param name="device">Where the loops will run.</param>
    /// <param name="matrices">What runs the products outside the loop; null for one plain thread an element.</param>
    /// <param name="divide">Chooses the division instead of the table.</param>
    public static BlockSequenceExecutor SingleBlock(
        Device device, IMatrixExecutor? matrices = null, Func<BlockLayer, BlockDivision>? divide = null) => new(device, matrices, false, divide);

    /// <summary>The schedule whose blocks may share the units.</summary>
    /// <param name="device">Where the loops will run.</param>
    /// <param name="matrices">What runs the products outside the loop; null for one plain thread an element.</param>
    /// <param name="divide">Chooses the division instead of the table.</param>
    public static BlockSequenceExecutor Persistent(
        Device device, IMatrixExecutor? matrices = null, Func<BlockLayer, BlockDivision>? divide = null) => new(device, matrices, true, divide);

    /// <inheritdoc/>
    public SupportAnswer Supports(SequenceLoopRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Plan(request, out _, out _);
    }

    /// <inheritdoc/>
    public ISequenceLoop Prepare(SequenceLoopRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        SupportAnswer answer = Plan(request, out OneProductStep? step, out BlockDivision? division);
        return answer.IsSupported
            ? new BlockLoop(_device, _operations, request, step!, division!)
            : throw new DeviceException(
                $"BlockSequenceExecutor.Prepare: the cell \"{request.Graph.Name}\" cannot run here: {answer.Reason}. Choose another schedule.");
    }

    private SupportAnswer Plan(SequenceLoopRequest request, out OneProductStep? step, out BlockDivision? division)
    {
        division = null;
        step = null;
        if (request.Precision != ProductPrecision.Single && !_mayShare)
        {
            return SupportAnswer.No($"{request.Precision} was asked for, and a block that holds all units multiplies in single precision");
        }

        SupportAnswer answer = OneProductStep.Read(request.Graph, $"the {Name} kernel", holdsInputs: true, out step);
        if (step is null)
        {
            return answer;
        }

        if (request.Graph.InputSlotOffsets.Count != step.Product.BlockCount)
        {
            return SupportAnswer.No(
                $"the node reads {request.Graph.InputSlotOffsets.Count} blocks of inputs and {step.Product.BlockCount} of the step's product, and the "
                + $"{Name} kernel reads as many of both");
        }

        BlockLayer layer = new(step.Product.BlockCount, step.Node.Width, request.Layout.BatchSize, request.NeedsGradient) { Precision = request.Precision };
        if (_divide is null)
        {
            answer = BlockTable.Choose(_device.Profile, layer, _mayShare, out division);
        }
        else
        {
            division = _divide(layer);
        }

        return division is null ? answer : Launchable(step, division.Forward, layer, division.IsSingle)
            ?? Launchable(step, division.Backward, layer, division.IsSingle) ?? SupportAnswer.Yes(division.Reason);
    }

    /// <summary>Why a pass cannot be launched; null when it can.</summary>
    private SupportAnswer? Launchable(OneProductStep step, IBlockShape? shape, BlockLayer layer, bool isSingle)
    {
        if (shape is null)
        {
            return null;
        }

        KernelEntry entry = KernelEntry.Read(shape.Close(step.Node.Implementation, isSingle));
        SupportAnswer answer = _device.Supports(entry);
        if (!answer.IsSupported)
        {
            return SupportAnswer.No($"node \"{step.Node.Name}\": {answer.Reason}");
        }

        if (isSingle)
        {
            return null;
        }

        KernelConfig config = BlockPass.Config(shape, layer.Width, layer.BatchSize, isSingle);
        ResidentGroups most = _device.Load(entry.Method).MaxResidentGroups(config.GroupDim.Size, config.SharedMemoryConfig.ArraySize);
        return config.GridDim.LongSize <= most.Count
            ? null
            : SupportAnswer.No($"{config.GridDim.LongSize} blocks would have to run at once, and the device keeps {most.Count}: {most.Reason}");
    }
}
