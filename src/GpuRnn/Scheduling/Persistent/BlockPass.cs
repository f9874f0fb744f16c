using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Persistent;

namespace GpuRnn.Scheduling.Persistent;

/// <summary>One launch that runs all steps of a pass, with the scratch that its blocks exchange vectors through.</summary>
internal sealed class BlockPass
{
    private readonly LoadedKernel _kernel;
    private readonly KernelConfig _config;
    private readonly StepTable _steps;
    private readonly RowOperations _operations;
    private readonly PlanRegion? _exchanged;
    private readonly PlanRegion? _counters;

    /// <summary>Loads the kernel and sets scratch aside.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="operations">Clears the counters.</param>
    /// <param name="memory">Divided here, allocated by the caller.</param>
    /// <param name="steps">The rows of each step.</param>
    /// <param name="shape">The division.</param>
    /// <param name="step">The cell's step.</param>
    /// <param name="batchSize">B.</param>
    /// <param name="isSingle">True for blocks that exchange nothing with others.</param>
    public BlockPass(
        Device device, RowOperations operations, PlanMemory memory, StepTable steps, IBlockShape shape, OneProductStep step, int batchSize, bool isSingle)
    {
        int width = step.Product.BlockWidth;
        Shape = shape;
        _operations = operations;
        _steps = steps;
        _kernel = device.Load(shape.Close(step.Node.Implementation, isSingle));
        _config = Config(shape, width, batchSize, isSingle);
        if (!isSingle)
        {
            int tiles = _config.GridDim.Y;
            _exchanged = memory.Reserve(2L * tiles, shape.VectorFloats(width));
            _counters = memory.Reserve(tiles, PersistentForward.CounterStride);
        }
    }

    /// <summary>The division.</summary>
    public IBlockShape Shape { get; }

    /// <summary>The launch of a pass.</summary>
    public static KernelConfig Config(IBlockShape shape, int width, int batchSize, bool isSingle) => new(
        new Index2D((width + shape.Units - 1) / shape.Units, (batchSize + shape.Rows - 1) / shape.Rows),
        new Index2D(shape.Threads, 1),
        SharedMemoryConfig.RequestDynamic<float>(shape.SharedFloats(width, isSingle)));

    /// <summary>Runs all steps.</summary>
    /// <param name="stream">The queue.</param>
    /// <param name="arguments">The kernel's boxed argument struct.</param>
    public void Launch(DeviceStream stream, object arguments)
    {
        if (_exchanged is null)
        {
            _kernel.Launch(stream, _config, arguments, _steps.View);
            return;
        }

        // Zero is zero whatever the type of the element.
        _operations.Fill(stream, _counters!.Rows, _config.GridDim.Y, _counters.Width, 0);
        _kernel.Launch(stream, _config, arguments, _steps.View, _exchanged.View, _counters.View.Cast<int>());
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_config.GridDim.X} x {_config.GridDim.Y} blocks of {Shape.Threads} threads, {Shape}";
}
