using GpuRnn.Devices;
using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Testing;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Tests.Scheduling;

/// <summary>The schedule that captures a loop, on the stand-in for NVIDIA's driver.</summary>
public sealed class GraphScheduleTests
{
    [Fact]
    public void Passes_OverTheSameMemory_AreRepeatedWithTheNumbersOfThatMoment()
    {
        using CudaDevice device = Open();
        using SequencePlan plan = SequencePlanner.Create(device, Specify("graph"));
        using SequencePlan plain = SequencePlanner.Create(device, Specify("stepwise"));
        Random random = new(5);
        List<DeviceBuffer<float>> buffers = [];
        DeviceBuffer<float> Buffer(int length)
        {
            buffers.Add(device.Allocate<float>(length));
            return buffers[^1];
        }

        void Fill(DeviceBuffer<float> buffer) =>
            buffer.CopyFrom([.. Enumerable.Range(0, (int)buffer.Length).Select(_ => (float)((random.NextDouble() * 2) - 1))]);

        DeviceBuffer<float> input = Buffer(3 * 2 * 2);
        DeviceBuffer<float> output = Buffer(3 * 2 * 3);
        DeviceBuffer<float>[] parameters = [.. plan.Parameters.Select(parameter => Buffer(parameter.ElementCount))];
        Array.ForEach(parameters, Fill);
        for (int pass = 0; pass < 4; pass++)
        {
            Fill(input);
            float[] expected = Run(plain, input, output, parameters);

            ElementwiseAssert.SameBits(expected, Run(plan, input, output, parameters), $"output of pass {pass}");
        }

        buffers.ForEach(buffer => buffer.Dispose());
    }

    [Fact]
    public void Create_OnADeviceWithoutGraphs_SaysWhy()
    {
        using CpuDevice device = new();
        device.Register(new GraphSequenceExecutor(device, new StepwiseSequenceExecutor(device)));

        DeviceException error = Assert.Throws<DeviceException>(() => SequencePlanner.Create(device, Specify("graph")));

        Assert.Contains("Cpu has no graphs: each launch is a call of its own", error.Message, StringComparison.Ordinal);
    }

    private static float[] Run(SequencePlan plan, DeviceBuffer<float> input, DeviceBuffer<float> output, DeviceBuffer<float>[] parameters)
    {
        ArrayView<float>[] none = [default];
        plan.Forward(output.Device.DefaultStream, input.View, [.. parameters.Select(buffer => buffer.View)], none, output.View, none);
        float[] result = new float[output.Length];
        output.CopyTo(result);
        return result;
    }

    private static CudaDevice Open()
    {
        CudaDevice device = new(CudaDeviceInformation.List(new StandInDriver(), out _)[0]);
        StepwiseSequenceExecutor steps = new(device);
        device.Register(new GraphSequenceExecutor(device, steps));
        device.Register(steps);
        return device;
    }

    private static SequenceSpecification Specify(string schedule) => new()
    {
        Cell = Cells.Elman,
        InputSize = 2,
        HiddenSize = 3,
        TimeSteps = 3,
        BatchSize = 2,
        ScheduleOverride = schedule,
    };
}
