using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Weights;

namespace GpuRnn.Tests.Layers;

public sealed class ModuleTests : IDisposable
{
    private const string Model = """
        import sys, numpy, torch, safetensors_numpy
        tensors, _ = safetensors_numpy.read(sys.argv[1])

        class Last(torch.nn.Module):
            def forward(self, x):
                return x[0][-1]
        def build():
            recurrent = getattr(torch.nn, sys.argv[2])(3, 5, num_layers=2, bidirectional=True)
            return torch.nn.Sequential(recurrent, Last(), torch.nn.Linear(10, 2))
        """;

    private readonly Device _device = DeviceCatalog.Open("cpu");
    private readonly string _folder = Directory.CreateTempSubdirectory("gpurnn").FullName;

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Parameters_OfASequential_AreNamedAsInPyTorch()
    {
        using Sequential model = Build(1);
        Assert.Equal(
            ["0.weight_ih_l0", "0.weight_hh_l0", "0.bias_ih_l0", "0.bias_hh_l0", "0.weight_ih_l0_reverse"],
            model.Parameters.Take(5).Select(parameter => parameter.Name));
        Assert.Equal(["2.weight", "2.bias"], model.Parameters.Skip(16).Select(parameter => parameter.Name));
    }

    [Fact]
    public void Load_OfWhatSaveWrote_GivesTheSameOutputBits()
    {
        string path = Path.Combine(_folder, "model.safetensors");
        using Sequential first = Build(1);
        using Sequential second = Build(2);
        float[] expected = Run(first);
        Assert.NotEqual(expected, Run(second));
        first.Save(path);
        second.Load(path);
        ElementwiseAssert.SameBits(expected, Run(second), "output");
    }

    [Fact]
    public void Load_OfAnotherHiddenSize_NamesTheTensorAndChangesNothing()
    {
        string path = Path.Combine(_folder, "model.safetensors");
        using Sequential first = Build(1);
        using Sequential second = Build(2, hidden: 4);
        float[] before = Run(second);
        first.Save(path);
        string message = Assert.Throws<WeightsFileException>(() => second.Load(path)).Message;
        Assert.Contains("0.weight_ih_l0", message);
        Assert.Contains("[16, 3]", message);
        ElementwiseAssert.SameBits(before, Run(second), "output");
    }

    [Fact]
    public void Load_OfAFileWithMore_NamesWhatIsTooMuch()
    {
        string path = Path.Combine(_folder, "model.safetensors");
        using Sequential model = Build(1);
        using Dense dense = new(_device, 10, 2, new RandomSource(1));
        model.Save(path);
        Assert.Contains("0.weight_hh_l0", Assert.Throws<WeightsFileException>(() => dense.Load(path)).Message);
    }

    [Fact]
    public void Load_OfAnotherCellsFile_NamesBothAndChangesNothing()
    {
        string path = Path.Combine(_folder, "model.safetensors");
        using Sequential relu = Build(1, cell: "elman-relu");
        using Sequential tanh = Build(2, cell: "elman");
        float[] before = Run(tanh);
        relu.Save(path);
        Assert.Equal(
            $"Module.Load: {path} was saved from \"elman-relu\" (activation relu), but module 0 of this model is \"elman\". "
            + "Build the model with what it was saved from, or load another file.",
            Assert.Throws<WeightsFileException>(() => tanh.Load(path)).Message);
        ElementwiseAssert.SameBits(before, Run(tanh), "output");
    }

    [Fact]
    public void Load_OfAFileCutInHalf_IsRefused()
    {
        string path = Path.Combine(_folder, "model.safetensors");
        using Sequential model = Build(1);
        model.Save(path);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..400]);
        Assert.Throws<WeightsFileException>(() => model.Load(path));
    }

    [PyTorchTheory]
    [InlineData("elman", "RNN")]
    [InlineData("lstm", "LSTM")]
    [InlineData("gru", "GRU")]
    public void PyTorch_LoadsOurFile_AndGivesOurOutput(string cell, string module)
    {
        using Sequential model = Build(1, cell: cell);
        string path = Path.Combine(_folder, "model.safetensors");
        string result = Path.Combine(_folder, "result.safetensors");
        model.Save(path);
        PyTorchRunner.RunText(
            Model + """

            model = build()
            model.load_state_dict({name: torch.tensor(value) for name, value in tensors.items()})
            model.double()
            x = torch.tensor(numpy.array(safetensors_numpy.read(sys.argv[3])[0]["x"]), dtype=torch.float64)
            safetensors_numpy.write(sys.argv[4], {"y": model(x).detach().numpy()}, {})
            """,
            [path, module, SaveInput(), result]);
        double[] expected = SafetensorsFile.Read(result).Get("y").ToDoubles();
        ElementwiseAssert.Close(expected, Run(model), Tolerances.Single(15, 15, 8.0), "output", 2, 2);
    }

    [PyTorchTheory]
    [InlineData("elman", "RNN")]
    [InlineData("lstm", "LSTM")]
    [InlineData("gru", "GRU")]
    public void OurModel_LoadsPyTorchsFile_AndGivesItsOutput(string cell, string module)
    {
        using Sequential model = Build(1, cell: cell);
        string path = Path.Combine(_folder, "torch.safetensors");
        string result = Path.Combine(_folder, "result.safetensors");
        PyTorchRunner.RunText(
            Model + """

            torch.manual_seed(3)
            model = build()
            state = {name: value.numpy().copy() for name, value in model.state_dict().items()}
            safetensors_numpy.write(sys.argv[3], state, {})
            y = model.double()(torch.tensor(numpy.array(tensors["x"]), dtype=torch.float64))
            safetensors_numpy.write(sys.argv[4], {"y": y.detach().numpy()}, {})
            """,
            [SaveInput(), module, path, result]);
        model.Load(path);
        double[] expected = SafetensorsFile.Read(result).Get("y").ToDoubles();
        ElementwiseAssert.Close(expected, Run(model), Tolerances.Single(15, 15, 8.0), "output", 2, 2);
    }

    private string SaveInput()
    {
        string path = Path.Combine(_folder, "input.safetensors");
        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("x", [7, 2, 3], Input())]);
        return path;
    }

    private static float[] Input()
    {
        return TestDevice.Values(7 * 2 * 3, 11);
    }

    private float[] Run(Sequential model)
    {
        using Tape tape = Tape.Inference(_device);
        return model.Forward(tape, tape.Input(Input(), 7, 2, 3)).ToArray();
    }

    private Sequential Build(ulong seed, int hidden = 5, string cell = "lstm")
    {
        RandomSource random = new(seed);
        RecurrentOptions options = new() { InputSize = 3, HiddenSize = hidden, LayerCount = 2, Bidirectional = true };
        return new Sequential(
            new Recurrent(_device, Cells.Parse(cell), options, random),
            new LastStep(_device),
            new Dense(_device, 2 * hidden, 2, random));
    }
}
