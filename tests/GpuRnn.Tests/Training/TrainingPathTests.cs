using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;
using GpuRnn.Layers;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Simd;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Tests.TestSupport;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>As plain C#, a kernel with barriers takes a thread per work-item, which is for validation: training must not need it.</summary>
public sealed class TrainingPathTests : IDisposable
{
    private const int TimeSteps = 3;
    private const int BatchSize = 2;
    private const int ClassCount = 3;

    private readonly CpuDevice _device = Plain();

    public void Dispose()
    {
        _device.Dispose();
    }

    [DeviceFact("cpu")]
    public void TrainingStep_OfEveryCellLossAndOptimizer_StartsNoWorkItemThread()
    {
        foreach (Cell cell in Cells.All)
        {
            foreach (string optimizer in Optimizers.Names)
            {
                Train(cell, optimizer);
            }
        }

        Assert.Equal(0, _device.Crew.StartedCount);
    }

    [DeviceFact("cpu")]
    public void KernelWithBarriers_OnTheProcessor_StartsAThreadPerWorkItem()
    {
        const int Tile = MatMulTiled.TileSize;
        using DeviceBuffer<float> matrix = _device.Allocate<float>(Tile * Tile);
        using DeviceBuffer<float> product = _device.Allocate<float>(Tile * Tile);
        using DeviceBuffer<float> bias = _device.Allocate<float>(Tile);
        MethodInfo kernel = typeof(MatMulTiled).GetMethod(nameof(MatMulTiled.Forward))!;
        _device.Load(kernel).Launch(
            _device.DefaultStream,
            new KernelConfig(new Index2D(1, 1), new Index2D(Tile, Tile)),
            matrix.View,
            matrix.View,
            product.View,
            bias.View,
            Tile,
            Tile,
            Tile,
            Tile,
            1,
            Tile,
            1,
            Tile,
            0,
            0);

        Assert.Equal(Tile * Tile, _device.Crew.StartedCount);
    }

    private static CpuDevice Plain()
    {
        CpuDevice device = new(new CpuDeviceOptions { KernelMode = CpuKernelMode.Plain });
        SimdExecutors.Register(device);
        device.Register(new StepwiseSequenceExecutor(device));
        return device;
    }

    private void Train(Cell cell, string optimizerName)
    {
        RandomSource random = new(7);
        RecurrentOptions options = new() { InputSize = 2, HiddenSize = 4, LayerCount = 2, Bidirectional = true, Dropout = 0.1f };
        Recurrent recurrent = new(_device, cell, options, random);
        using Sequential model = new(recurrent, new LastStep(_device), new Dense(_device, recurrent.OutputSize, ClassCount, random));
        using Optimizer optimizer = Optimizers.Create(optimizerName, model.Parameters, 0.01f);
        using Tape tape = new(_device);
        float[] targets = TestDevice.Values(BatchSize * ClassCount, 2);
        Func<Tensor, Tensor>[] losses =
        [
            output => Losses.SoftmaxCrossEntropy(tape, output, [1, 2]),
            output => Losses.MeanSquaredError(tape, output, tape.Input(targets, BatchSize, ClassCount)),
            output => Losses.MeanAbsoluteError(tape, output, tape.Input(targets, BatchSize, ClassCount)),
            output => Losses.Huber(tape, output, tape.Input(targets, BatchSize, ClassCount)),
            output => Losses.Quantile(tape, output, tape.Input(targets, BatchSize, ClassCount), [0.5f]),
            output => Losses.BinaryCrossEntropy(tape, output, tape.Input(targets, BatchSize, ClassCount)),
        ];
        foreach (Func<Tensor, Tensor> loss in losses)
        {
            optimizer.ZeroGradients();
            Tensor input = tape.Input(TestDevice.Values(TimeSteps * BatchSize * 2, 1), TimeSteps, BatchSize, 2);
            tape.Backward(loss(model.Forward(tape, input)));
            GradientClipping.ByValue(model.Parameters, 1);
            GradientClipping.ByGlobalNorm(model.Parameters, 1);
            optimizer.Step();
        }
    }
}
