using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>The same model, weights and data on an OpenCL device and on the CPU.</summary>
public sealed class OpenClTrainingTests
{
    private const int TimeSteps = 12;
    private const int BatchSize = 8;
    private const int HiddenSize = 16;
    private const int Steps = 20;

    [OpenClFact]
    public void Predictions_WithTheSameWeights_AreTheProcessors()
    {
        using Run cpu = new("cpu", Cells.Lstm);
        using Run openCl = new(OpenClTestDevice.Information.Id, Cells.Lstm);

        ElementwiseAssert.Close(
            cpu.Predict(), openCl.Predict(), Tolerances.Single(HiddenSize + 1, 2 * (TimeSteps + 1)), "predictions", BatchSize, 1);
    }

    /// <summary>Twenty steps with each cell and optimizer that a forecast may have; losses may differ by 1e-4 of themselves.</summary>
    [OpenClFact]
    public void Training_OnOpenCl_FollowsTheProcessors()
    {
        foreach (Cell cell in new[] { Cells.Lstm, Cells.Gru(), Cells.Elman })
        {
            using Run cpu = new("cpu", cell);
            using Run openCl = new(OpenClTestDevice.Information.Id, cell);
            for (int step = 0; step < Steps; step++)
            {
                double expected = cpu.Train();
                double got = openCl.Train();
                Assert.True(
                    Math.Abs(got - expected) <= 1e-4 * expected,
                    $"{cell.Name}, step {step}: expected {expected}, got {got}, error {Math.Abs(got - expected)}, allowed {1e-4 * expected}.");
            }
        }
    }

    [OpenClFact]
    public void Training_OnOpenCl_AllocatesNothingAfterTheFirstStep()
    {
        using Run run = new(OpenClTestDevice.Information.Id, Cells.Lstm);
        run.Train();
        (long Bytes, int Count) first = (run.Device.AllocatedBytes, run.Device.LiveBufferCount);
        run.Train();
        run.Train();

        Assert.Equal(first, (run.Device.AllocatedBytes, run.Device.LiveBufferCount));
    }

    private sealed class Run : IDisposable
    {
        private readonly Sequential _model;
        private readonly Adam _optimizer;
        private readonly Tape _tape;
        private readonly float[] _inputs;
        private readonly float[] _targets;

        public Run(string device, Cell cell)
        {
            Device = DeviceCatalog.Open(device);
            RandomSource random = new(3);
            RecurrentOptions options = new() { InputSize = 1, HiddenSize = HiddenSize };
            _model = new Sequential(new Recurrent(Device, cell, options, random), new LastStep(Device), new Dense(Device, HiddenSize, 1, random));
            _optimizer = new Adam(_model.Parameters, 0.01f);
            _tape = new Tape(Device);
            _inputs = [.. Enumerable.Range(0, TimeSteps * BatchSize).Select(i => MathF.Sin(0.7f * i))];
            _targets = [.. Enumerable.Range(0, BatchSize).Select(i => MathF.Cos(1.3f * i))];
        }

        public Device Device { get; }

        public float[] Predict()
        {
            Tensor output = _model.Forward(_tape, _tape.Input(_inputs, TimeSteps, BatchSize, 1));
            float[] values = output.ToArray();
            _tape.Reset();
            return values;
        }

        public double Train()
        {
            Tensor output = _model.Forward(_tape, _tape.Input(_inputs, TimeSteps, BatchSize, 1));
            Tensor loss = Losses.MeanSquaredError(_tape, output, _tape.Input(_targets, BatchSize, 1));
            _optimizer.ZeroGradients();
            _tape.Backward(loss);
            GradientClipping.ByGlobalNorm(_model.Parameters, 1);
            _optimizer.Step();
            double value = loss.Item();
            _tape.Reset();
            return value;
        }

        public void Dispose()
        {
            _tape.Dispose();
            _optimizer.Dispose();
            _model.Dispose();
            Device.Dispose();
        }
    }
}
