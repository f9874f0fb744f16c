using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Layers;

public sealed class WeightTyingTests : IDisposable
{
    private static readonly float[] s_tokens = [0, 2, 1];
    private static readonly int[] s_next = [2, 1, 0];
    private readonly CpuDevice _device = TestDevice.Open();
    private readonly string _folder = Directory.CreateTempSubdirectory("gpurnn").FullName;

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Gradients_OfBothUses_AddUp()
    {
        using Sequential tied = Tied(1);
        float[] shared = Gradient(tied, "0.weight");
        Assert.Same(tied.Parameters[0].Value, tied.Parameters[1].Value);

        // The same numbers in two tensors: the sum of their gradients.
        RandomSource random = new(1);
        Embedding embedding = new(_device, 3, 2, random);
        Dense output = new(_device, 2, 3, random);
        using Sequential apart = new(embedding, output);
        output.Parameters[0].Value.CopyFrom(embedding.Parameters[0].Value);
        output.Parameters[1].Value.CopyFrom(tied.Parameters[2].Value);
        float[] first = Gradient(apart, "0.weight");
        float[] second = Gradient(apart, "1.weight");
        ElementwiseAssert.Close([.. first.Zip(second, (a, b) => (double)a + b)], shared, Tolerances.Single(8), "gradient");
    }

    [Fact]
    public void File_HoldsTheTensorUnderBothNames_AndComesBack()
    {
        string path = Path.Combine(_folder, "tied.safetensors");
        using Sequential tied = Tied(1);
        tied.Save(path);
        using Sequential loaded = Tied(2);
        loaded.Load(path);
        ElementwiseAssert.SameBits(tied.Parameters[0].Value.ToArray(), loaded.Parameters[1].Value.ToArray(), "shared");
    }

    [Fact]
    public void Load_OfAFileWhoseTensorsDiffer_NamesBoth()
    {
        string path = Path.Combine(_folder, "apart.safetensors");
        RandomSource random = new(1);
        using Sequential apart = new(new Embedding(_device, 3, 2, random), new Dense(_device, 2, 3, random));
        apart.Save(path);
        using Sequential tied = Tied(1);
        float[] before = tied.Parameters[0].Value.ToArray();
        string message = Assert.ThrowsAny<IOException>(() => tied.Load(path)).Message;
        Assert.Contains("0.weight and 1.weight, which are one tensor", message, StringComparison.Ordinal);
        ElementwiseAssert.SameBits(before, tied.Parameters[0].Value.ToArray(), "untouched");
    }

    [Fact]
    public void Tied_WithAVector_SaysWhatIsNeeded()
    {
        using Dense dense = new(_device, 2, 3, new RandomSource(1));
        ShapeException error = Assert.Throws<ShapeException>(() => Dense.Tied(dense.Parameters[1], new RandomSource(1)));
        Assert.Contains("'bias' is [3], but [outputSize, inputSize]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_OfATiedModel_ResumesToTheSameBits()
    {
        using Sequential whole = Tied(1);
        using Sequential first = Tied(1);
        using Sequential second = Tied(5);
        Train(whole, epochs: 4, resume: null);
        Checkpoint half = Train(first, epochs: 2, resume: null);
        Train(second, epochs: 4, half);
        ElementwiseAssert.SameBits(whole.Parameters[0].Value.ToArray(), second.Parameters[1].Value.ToArray(), "shared");
    }

    private static Checkpoint Train(Sequential model, int epochs, Checkpoint? resume)
    {
        using Adam optimizer = new(model.Parameters, 0.1f);
        Assert.Equal(2, optimizer.Parameters.Count);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Epochs = epochs, Loss = Losses.SoftmaxCrossEntropy });
        trainer.Fit(ArrayBatchSource.ForClasses(s_tokens, 1, 1, s_next, 2), resume: resume);
        return trainer.CaptureCheckpoint();
    }

    private Sequential Tied(ulong seed)
    {
        RandomSource random = new(seed);
        Embedding embedding = new(_device, 3, 2, random);
        return new Sequential(embedding, Dense.Tied(embedding.Parameters[0], random));
    }

    private float[] Gradient(Sequential model, string name)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.Gradient.Clear();
        }

        using Tape tape = new(_device);
        tape.Backward(Losses.SoftmaxCrossEntropy(tape, model.Forward(tape, tape.Input(s_tokens, 3)), s_next));
        return model.Parameters.Single(parameter => parameter.Name == name).Gradient.ToArray();
    }
}
