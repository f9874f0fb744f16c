using System.Reflection;
using GpuRnn.Compiler;
using GpuRnn.Compiler.Caching;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Scheduling.Derivatives;

/// <summary>A user's cell in models: trained, saved, loaded.</summary>
public sealed class AutomaticCellUseTests
{
    [Fact]
    public void UsersCell_InAModel_LearnsAndComesBackFromItsFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gpurnn-{Guid.NewGuid():N}.safetensors");
        try
        {
            (float first, float last, float before, float after) = Train(path);
            Assert.True(last < first / 10, $"the loss went from {first} to {last}, but a tenth was needed");
            Assert.Equal(before, after);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Parameters_HavePyTorchsNamesAndTheVectorsTheirStart()
    {
        using Device device = DeviceCatalog.Open("cpu");
        using Recurrent layer = new(device, EveryOperationStep.Cell, new RecurrentOptions { InputSize = 3, HiddenSize = 5 }, new RandomSource(1));
        Assert.Equal(
            ["weight_ih_l0 [10, 3]", "weight_hh_l0 [10, 5]", "bias_ih_l0 [10]", "bias_hh_l0 [10]", "scale_l0 [5]", "limit_l0 [5]"],
            layer.Parameters.Select(parameter => $"{parameter.Name} {Tensor.Describe(parameter.Value.Shape)}"));
        Assert.All(layer.Parameters[4].Value.ToArray(), value => Assert.Equal(0.5f, value));
        Assert.All(layer.Parameters[5].Value.ToArray(), value => Assert.Equal(0.3f, value));
    }

    [Fact]
    public void Nodes_OfTheSameProgram_AreOneTypeWithALastingIdentity()
    {
        PointwiseNode Node() => AutomaticCell.Create<MinimalGatedStep>("another").BuildGraph(2, 3).Nodes.OfType<PointwiseNode>().Single();
        Type type = Node().Implementation;
        Assert.Same(type, Node().Implementation);
        Assert.False(type.Assembly.IsDynamic);

        // The assembly's name carries the first bytes of what its version id is made of: another process makes the same.
        string suffix = type.Assembly.GetName().Name!.Split('.')[^1];
        Assert.Equal(suffix, Convert.ToHexStringLower(type.Module.ModuleVersionId.ToByteArray(), 0, 8));
    }

    [Fact]
    public void CompiledText_OfAFoundNode_IsTakenFromTheDiskTheSecondTime()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gpurnn-cache-");
        try
        {
            Type node = MinimalGatedStep.Cell.BuildGraph(2, 3).Nodes.OfType<PointwiseNode>().Single().Implementation;
            MethodInfo kernel = typeof(StepNodeBackward).GetMethod(nameof(StepNodeBackward.Backward))!.MakeGenericMethod(node);
            string compiled = KernelCompiler.ToOpenCl(kernel, new KernelCache(folder.FullName));
            Assert.Single(folder.GetFiles("*.kernel"));

            // Whatever is compiled anew is written anew, which would show in the folder's time.
            DateTime longAgo = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
            Directory.SetLastWriteTimeUtc(folder.FullName, longAgo);
            Assert.Equal(compiled, KernelCompiler.ToOpenCl(kernel, new KernelCache(folder.FullName)));
            Assert.Equal(longAgo, Directory.GetLastWriteTimeUtc(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The next value of a sine wave of unknown phase, after six.
    private static (float First, float Last, float Before, float After) Train(string path)
    {
        const int TimeSteps = 6;
        const int BatchSize = 8;
        float[] waves = [.. Enumerable.Range(0, TimeSteps * BatchSize).Select(i => MathF.Sin((i / BatchSize * 0.7f) + (i % BatchSize)))];
        float[] next = [.. Enumerable.Range(0, BatchSize).Select(row => MathF.Sin((TimeSteps * 0.7f) + row))];
        float first = 0.0f;
        float last = 0.0f;

        // <example:Model>
        using Device device = DeviceCatalog.Open("auto");
        RandomSource random = new(seed: 1);
        using Sequential model = new(
            new Recurrent(device, MinimalGatedStep.Cell, new RecurrentOptions { InputSize = 1, HiddenSize = 8 }, random),
            new LastStep(device),
            new Dense(device, inputSize: 8, outputSize: 1, random));
        using Adam optimizer = new(model.Parameters, learningRate: 0.02f);
        using Tape tape = new(device);
        for (int step = 0; step < 100; step++)
        {
            Tensor output = model.Forward(tape, tape.Input(waves, TimeSteps, BatchSize, 1));
            Tensor loss = Losses.MeanSquaredError(tape, output, tape.Input(next, BatchSize, 1));
            last = loss.Item();
            optimizer.ZeroGradients();
            tape.Backward(loss);
            optimizer.Step();
            first = step == 0 ? last : first;
        }

        model.Save(path);
        // </example:Model>
        using Sequential loaded = new(
            new Recurrent(device, MinimalGatedStep.Cell, new RecurrentOptions { InputSize = 1, HiddenSize = 8 }, random),
            new LastStep(device),
            new Dense(device, inputSize: 8, outputSize: 1, random));
        loaded.Load(path);
        using Tape inference = Tape.Inference(device);
        float before = model.Forward(inference, inference.Input(waves, TimeSteps, BatchSize, 1)).ToArray()[3];
        inference.Reset();
        return (first, last, before, loaded.Forward(inference, inference.Input(waves, TimeSteps, BatchSize, 1)).ToArray()[3]);
    }
}
