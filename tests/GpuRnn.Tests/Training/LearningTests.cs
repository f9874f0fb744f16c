using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

public sealed class LearningTests : IDisposable
{
    private readonly Device _device = DeviceCatalog.Open("cpu");

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [InlineData("elman")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void Fit_OnASine_PredictsTheNextValue(string cell)
    {
        RandomSource random = new(3);
        RecurrentOptions options = new() { InputSize = 1, HiddenSize = 16 };
        using Sequential model = new(
            new Recurrent(_device, Cells.Parse(cell), options, random), new LastStep(_device), new Dense(_device, 16, 1, random));
        using Adam optimizer = new(model.Parameters, 0.01f);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Epochs = 20, ClipNorm = 1.0f, Seed = 4 });
        TrainingResult result = trainer.Fit(Sine(400), Sine(97));

        // A prediction of 0 has a loss of 1/2, the last value one of about 0.045.
        Assert.True(result.Epochs[^1].ValidationLoss < 0.005, $"{result.Epochs[0]} … {result.Epochs[^1]}");
    }

    [Fact]
    public void Fit_OnTheAddingTask_FindsTheMarkedValues()
    {
        const int Length = 8;
        RandomSource random = new(5);
        RecurrentOptions options = new() { InputSize = 2, HiddenSize = 24 };
        using Sequential model = new(
            new Recurrent(_device, Cells.Lstm, options, random), new LastStep(_device), new Dense(_device, 24, 1, random));
        using Adam optimizer = new(model.Parameters, 0.01f);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Epochs = 40, ClipNorm = 1.0f, Seed = 6 });
        TrainingResult result = trainer.Fit(Adding(1000, Length, 1), Adding(200, Length, 2));

        // Always answering 1, the mean, has the variance of the sum of two uniform numbers: 1/6 (Hochreiter and Schmidhuber 1997).
        Assert.True(result.Epochs[^1].ValidationLoss < 0.02, $"{result.Epochs[0]} … {result.Epochs[^1]}");
    }

    private static ArrayBatchSource Sine(int count)
    {
        const int Window = 12;
        float[] inputs = new float[count * Window];
        float[] targets = new float[count];
        for (int i = 0; i < count; i++)
        {
            for (int step = 0; step < Window; step++)
            {
                inputs[(i * Window) + step] = MathF.Sin(0.3f * (i + step));
            }

            targets[i] = MathF.Sin(0.3f * (i + Window));
        }

        return ArrayBatchSource.ForValues(inputs, Window, 1, targets, 1, 32);
    }

    private static ArrayBatchSource Adding(int count, int length, ulong seed)
    {
        RandomSource random = new(seed);
        float[] inputs = new float[count * length * 2];
        float[] targets = new float[count];
        for (int i = 0; i < count; i++)
        {
            for (int step = 0; step < length; step++)
            {
                inputs[(((i * length) + step) * 2) + 0] = random.NextSingle();
            }

            foreach (int marked in new[] { random.NextInt(length / 2), (length / 2) + random.NextInt(length / 2) })
            {
                inputs[(((i * length) + marked) * 2) + 1] = 1.0f;
                targets[i] += inputs[((i * length) + marked) * 2];
            }
        }

        return ArrayBatchSource.ForValues(inputs, length, 2, targets, 1, 50);
    }
}
