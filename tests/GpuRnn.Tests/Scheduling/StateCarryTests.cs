using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling;

public sealed class StateCarryTests : IDisposable
{
    private const int TimeSteps = 8;
    private const int BatchSize = 3;
    private const int InputSize = 4;
    private const int HiddenSize = 5;
    private const int Layers = 2;

    private readonly Device _device = DeviceCatalog.Open("cpu");
    private readonly Random _random = new(3);

    [Theory]
    [InlineData("stepwise")]
    [InlineData("persistent")]
    public void Forward_TwoChunksWithCarriedStates_GiveTheWholeSequence(string schedule)
    {
        DeviceBuffer<float> input = Uniform(TimeSteps * BatchSize * InputSize);
        DeviceBuffer<float>[] parameters;
        float[] whole = new float[TimeSteps * BatchSize * HiddenSize];
        using (SequencePlan plan = Create(schedule, TimeSteps))
        {
            parameters = [.. plan.Parameters.Select(parameter => Uniform(parameter.ElementCount))];
            DeviceBuffer<float> output = Uniform(whole.Length);
            plan.Forward(_device.DefaultStream, input.View, Views(parameters), [default, default], output.View, [default, default]);
            output.CopyTo(whole);
        }

        float[] chunks = new float[whole.Length];
        using SequencePlan half = Create(schedule, TimeSteps / 2);
        DeviceBuffer<float>[] middle = [.. half.States.Select(state => Uniform(Layers * BatchSize * state.Width))];
        DeviceBuffer<float>[] last = [.. half.States.Select(state => Uniform(Layers * BatchSize * state.Width))];
        DeviceBuffer<float> part = Uniform(whole.Length / 2);
        for (int chunk = 0; chunk < 2; chunk++)
        {
            ArrayView<float> rows = input.View.SubView(chunk * input.Length / 2, input.Length / 2);
            ArrayView<float>[] initial = chunk == 0 ? [default, default] : Views(middle);
            half.Forward(_device.DefaultStream, rows, Views(parameters), initial, part.View, Views(chunk == 0 ? middle : last));
            part.CopyTo(chunks.AsSpan(chunk * whole.Length / 2, whole.Length / 2));
        }

        ElementwiseAssert.Close(whole, chunks, Tolerances.Single(2 * HiddenSize, TimeSteps * Layers), "outputs", TimeSteps, BatchSize, HiddenSize);
    }

    [Theory]
    [InlineData("stepwise")]
    [InlineData("persistent")]
    public void Forward_SamePlanAgain_GivesTheSameBits(string schedule)
    {
        using SequencePlan plan = Create(schedule, TimeSteps);
        DeviceBuffer<float> input = Uniform(TimeSteps * BatchSize * InputSize);
        DeviceBuffer<float>[] parameters = [.. plan.Parameters.Select(parameter => Uniform(parameter.ElementCount))];
        float[][] outputs = new float[2][];
        for (int pass = 0; pass < outputs.Length; pass++)
        {
            outputs[pass] = new float[TimeSteps * BatchSize * HiddenSize];
            DeviceBuffer<float> output = Uniform(outputs[pass].Length);
            plan.Forward(_device.DefaultStream, input.View, Views(parameters), [default, default], output.View, [default, default]);
            output.CopyTo(outputs[pass]);
        }

        ElementwiseAssert.SameBits(outputs[0], outputs[1], "outputs");
    }

    public void Dispose()
    {
        _device.Dispose();
    }

    private static ArrayView<float>[] Views(DeviceBuffer<float>[] buffers)
    {
        return [.. buffers.Select(buffer => buffer.View)];
    }

    private SequencePlan Create(string schedule, int timeSteps)
    {
        return SequencePlanner.Create(_device, new SequenceSpecification
        {
            Cell = Cells.Lstm,
            InputSize = InputSize,
            HiddenSize = HiddenSize,
            LayerCount = Layers,
            TimeSteps = timeSteps,
            BatchSize = BatchSize,
            ScheduleOverride = schedule,
        });
    }

    private DeviceBuffer<float> Uniform(int count)
    {
        DeviceBuffer<float> buffer = _device.Allocate<float>(count);
        buffer.CopyFrom([.. Enumerable.Range(0, count).Select(_ => (float)(_random.NextDouble() - 0.5))]);
        return buffer;
    }
}
