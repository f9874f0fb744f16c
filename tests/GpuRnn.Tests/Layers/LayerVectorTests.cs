using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers;

/// <summary>Convolution, pooling and normalisation against PyTorch's stored outputs and gradients.</summary>
public sealed class LayerVectorTests : IDisposable
{
    private const string Family = "layers";

    private readonly CpuDevice _device = TestDevice.Open();

    public static TheoryData<string> Cases => [.. VectorFile.CaseNames(Family)];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Layer_StoredCase_GivesPyTorchsOutputAndGradients(string name)
    {
        VectorCase stored = VectorFile.Load(Family).Cases[name];
        using Layer layer = Build(name);
        foreach (Parameter parameter in layer.Parameters.Where(parameter => parameter.IsLearned))
        {
            Assert.Equal(stored.Shape(parameter.Name), parameter.Value.Shape.ToArray());
            parameter.Value.CopyFrom(stored.Singles(parameter.Name));
        }

        using Tensor input = Tensor.FromArray(_device, stored.Singles("x"), stored.Shape("x")).TrackGradient();
        using Tensor upstream = Tensor.FromArray(_device, stored.Singles("upstream"), stored.Shape("upstream"));
        using Tape tape = new(_device);
        ToleranceSpec tolerance = Tolerances.Single(40, 2, 4.0);
        Tensor output = layer.Forward(tape, input);
        Assert.Equal(stored.Shape("y"), output.Shape.ToArray());
        ElementwiseAssert.Close(stored.Doubles("y"), output.ToArray(), tolerance, "output", stored.Shape("y"));
        tape.Backward(output, upstream);
        ElementwiseAssert.Close(stored.Doubles("grad/x"), input.Gradient!.ToArray(), tolerance, "gradient of the input", stored.Shape("x"));
        foreach (Parameter parameter in layer.Parameters.Where(parameter => parameter.IsLearned))
        {
            ElementwiseAssert.Close(
                stored.Doubles("grad/" + parameter.Name), parameter.Gradient.ToArray(), tolerance, $"gradient of {parameter.Name}", stored.Shape(parameter.Name));
        }

        if (stored.Has("evaluated"))
        {
            ElementwiseAssert.Close(stored.Doubles("running_mean"), layer.Parameters[2].Value.ToArray(), tolerance, "running mean");
            ElementwiseAssert.Close(stored.Doubles("running_var"), layer.Parameters[3].Value.ToArray(), tolerance, "running variance");
            layer.Evaluate();
            ElementwiseAssert.Close(stored.Doubles("evaluated"), layer.Forward(tape, input).ToArray(), tolerance, "output in evaluation mode");
        }
    }

    private Layer Build(string name) => name switch
    {
        "conv2d" => new Conv2d(_device, 3, 4, new SlidingWindow(3, 2, 1), new SlidingWindow(2, 1, 1, 2), new RandomSource(1)),
        "conv2d_no_bias" => new Conv2d(_device, 2, 3, new SlidingWindow(3, 1, 1), new RandomSource(1), hasBias: false),
        "conv1d" => new Conv1d(_device, 3, 4, new SlidingWindow(3, 2, 2, 2), new RandomSource(1)),
        "max_pool2d" => new MaxPool2d(_device, new SlidingWindow(2, 1, 1), new SlidingWindow(3, 2, 1)),
        "max_pool1d" => new MaxPool1d(_device, 3),
        "mean_pool2d" => new MeanPool2d(_device, new SlidingWindow(2, 2, 1), new SlidingWindow(3, 1, 1)),
        "mean_pool1d" => new MeanPool1d(_device, new SlidingWindow(3, 2, 1)),
        "batch_norm" => new BatchNorm(_device, 3),
        "batch_norm2d" => new BatchNorm(_device, 4, momentum: 0.3f),
        "layer_norm" => new LayerNorm(_device, 5),
        "log_softmax" => new Apply(_device, LogSoftmax.Forward),
        _ => throw new NotSupportedException($"LayerVectorTests: no layer for the stored case {name}. Add one."),
    };
}
