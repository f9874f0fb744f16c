using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Simd;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>A team whose caller does the work of all gives the bits of the team, whatever the threads own.</summary>
public sealed class AloneTests
{
    [Theory]
    [InlineData("lstm", 1, 96, false)]        // threads own units
    [InlineData("lstm", 3, 96, false)]
    [InlineData("lstm", 8, 24, false)]        // threads own rows
    [InlineData("peephole", 8, 24, false)]    // and sum the gradients of its vectors
    [InlineData("peephole", 2, 96, false)]
    [InlineData("lstm", 8, 96, true)]         // threads own units and share rows
    [InlineData("gru", 40, 96, false)]
    [InlineData("gru-reset-before", 5, 96, false)]
    [InlineData("clockwork", 4, 96, false)]
    public void OutputsAndWeights_OfATeamThatIsNeverTogether_HaveTheBitsOfOneThatAlwaysIs(string cell, int batchSize, int hiddenSize, bool normalises)
    {
        float[][] together = Run(true, cell, batchSize, hiddenSize, normalises);
        float[][] alone = Run(false, cell, batchSize, hiddenSize, normalises);
        Assert.Equal(together.Length, alone.Length);
        Assert.All(together.Zip(alone), pair => Assert.Equal(pair.First, pair.Second));
        Assert.All(together, values => Assert.All(values, value => Assert.True(float.IsFinite(value))));
    }

    private static float[][] Run(bool together, string cell, int batchSize, int hiddenSize, bool normalises)
    {
        const int Steps = 6;
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 2, Together = together });
        SimdExecutors.Register(device);
        RandomSource random = new(1);
        RecurrentOptions options = new() { InputSize = 20, HiddenSize = hiddenSize, Step = new StepOptions { LayerNorm = normalises } };
        using Sequential model = new(
            new Recurrent(device, Cells.Create(cell, CellOptionValues.None), options, random),
            new Dense(device, hiddenSize, 33, random));
        float[] inputs = TestDevice.Values(Steps * batchSize * 20, 2);
        float[] targets = TestDevice.Values(Steps * batchSize * 33, 3);
        SequenceBatchSource batches = SequenceBatchSource.ForStepValues(
            Cut(inputs, 20), 20, Cut(targets, 33), 33, new SequenceBatchOptions { BatchSize = batchSize, Shuffle = false });
        using Adam optimizer = new(model.Parameters, 0.01f);
        new Trainer(model, optimizer, new TrainerOptions { Epochs = 2, ClipNorm = 1.0f, Loss = Losses.MeanSquaredError }).Fit(batches);
        model.Evaluate();
        using Tape tape = Tape.Inference(device);
        float[] output = model.Forward(tape, tape.Input(inputs, Steps, batchSize, 20)).ToArray();
        tape.Reset();
        float[] again = model.Forward(tape, tape.Input(inputs, Steps, batchSize, 20)).ToArray();
        return [output, again, .. model.Parameters.Select(parameter => parameter.Value.ToArray())];

        float[][] Cut(float[] values, int width) => [.. values.Chunk(Steps * width)];
    }
}
