using GpuRnn.Testing;
using GpuRnn.Weights;

namespace GpuRnn.Tests.Weights;

public sealed class PyTorchInteropTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PyTorchTheory]
    [InlineData("elman", "tanh.bidirectional", "RNN")]
    [InlineData("lstm", "bidirectional", "LSTM")]
    [InlineData("lstm", "two_layers", "LSTM")]
    [InlineData("gru", "bidirectional", "GRU")]
    [InlineData("gru", "two_layers", "GRU")]
    public void PyTorch_LoadsTheModelWeWrote_AndGivesTheStoredOutputs(string family, string caseName, string module)
    {
        VectorCase vectorCase = VectorFile.Load(family).Cases[caseName];
        RecurrentVectorConfig config = RecurrentVectorConfig.Of(vectorCase);
        string modelPath = _folder.FilePath("model.safetensors");
        string inputPath = _folder.FilePath("input.safetensors");
        string outputPath = _folder.FilePath("output.safetensors");
        SafetensorsWriter.Write(modelPath, RecurrentParameters(vectorCase, config));
        string[] inputs = vectorCase.Has("c0") ? ["x", "h0", "c0"] : ["x", "h0"];
        SafetensorsWriter.Write(
            inputPath, inputs.Select(name => TensorEntry.FromDoubles(name, vectorCase.Shape(name), vectorCase.Doubles(name))));

        PyTorchRunner.RunText(
            """
            import sys, torch, safetensors_numpy
            kind, input_size, hidden_size, layers, directions, model_path, input_path, output_path = sys.argv[1:]
            sizes = (int(input_size), int(hidden_size))
            module = getattr(torch.nn, kind)(*sizes, num_layers=int(layers), bidirectional=directions == "2").double()
            read = lambda path: {name: torch.from_numpy(value) for name, value in safetensors_numpy.read(path)[0].items()}
            module.load_state_dict(read(model_path), strict=True)
            inputs = read(input_path)
            y, final = module(inputs["x"], (inputs["h0"], inputs["c0"]) if kind == "LSTM" else inputs["h0"])
            h_n = final[0] if kind == "LSTM" else final
            safetensors_numpy.write(output_path, {"y": y.detach().numpy(), "h_n": h_n.detach().numpy()})
            """,
            [
                module, $"{config.InputSize}", $"{config.HiddenSize}", $"{config.Layers}", $"{config.Directions}",
                modelPath, inputPath, outputPath,
            ]);

        SafetensorsFile output = SafetensorsFile.Read(outputPath);
        foreach (string name in new[] { "y", "h_n" })
        {
            int[] shape = vectorCase.Shape(name);
            double[] actual = output.Get(name, shape).ToDoubles();
            ElementwiseAssert.Close(vectorCase.Doubles(name), actual, Tolerances.StoredVectors, $"{module} {name}", shape);
        }
    }

    [PyTorchFact]
    public void Reader_ReadsWhatPyTorchSaved_WithItsNamesAndBits()
    {
        string path = _folder.FilePath("torch.safetensors");
        string text = PyTorchRunner.RunText(
            """
            import sys, torch, safetensors_numpy
            torch.manual_seed(3)
            module = torch.nn.LSTM(3, 5, num_layers=2, bidirectional=True)
            state = {name: value.numpy() for name, value in module.state_dict().items()}
            safetensors_numpy.write(sys.argv[1], state, {"format": "pt"})
            for name, value in state.items():
                print(name, value.astype("float64").sum(), value.reshape(-1)[-1].view("int32"), *value.shape)
            """,
            [path]);

        SafetensorsFile file = SafetensorsFile.Read(path);

        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(16, lines.Length);
        Assert.Equal(16, file.Entries.Count);
        Assert.Equal("pt", file.Metadata["format"]);
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ');
            TensorEntry entry = file.Get(fields[0], [.. fields.Skip(3).Select(field => int.Parse(field, null))]);
            double[] sum = [entry.ToDoubles().Sum()];
            ElementwiseAssert.Close([double.Parse(fields[1], null)], sum, Tolerances.Double(entry.ElementCount, 1, entry.ElementCount), fields[0]);
            Assert.Equal(int.Parse(fields[2], null), BitConverter.SingleToInt32Bits(entry.ToSingles()[^1]));
        }
    }

    [PyTorchFact]
    public void Names_OfEachLayerAndDirection_AreThoseOfPyTorch()
    {
        string text = PyTorchRunner.RunText(
            """
            import torch
            print(*torch.nn.GRU(3, 4, num_layers=3, bidirectional=True).state_dict())
            """,
            []);

        string[] ours =
        [
            .. from layer in Enumerable.Range(0, 3)
               from reverse in new[] { false, true }
               from name in NamesOf(layer, reverse)
               select name,
        ];
        Assert.Equal(text.Trim().Split(' '), ours);
    }

    [PyTorchTheory]
    [InlineData("make_recurrent_vectors.py", "elman", "lstm", "gru", "gru_reset_before")]
    [InlineData("make_ctc_vectors.py", "ctc")]
    [InlineData("make_audio_vectors.py", "audio")]
    [InlineData("make_training_vectors.py", "losses", "optimizers", "clipping", "schedules")]
    [InlineData("make_layer_vectors.py", "layers")]
    [InlineData("make_structure_vectors.py", "structures")]
    public void Script_RunAgain_GivesTheStoredVectors(string script, params string[] families)
    {
        PyTorchRunner.RunFile(script, [Path.GetDirectoryName(_folder.FilePath("x"))!]);

        foreach (string family in families)
        {
            SafetensorsFile stored = SafetensorsFile.Read(VectorFile.PathOf(family));
            SafetensorsFile made = SafetensorsFile.Read(_folder.FilePath(family + ".safetensors"));
            Assert.Equal(stored.Entries.Select(entry => entry.Name), made.Entries.Select(entry => entry.Name));
            foreach (TensorEntry entry in stored.Entries.Where(entry => entry.DataType != TensorDataType.Int64))
            {
                // Another processor or PyTorch may sum in another order: the tolerance of the stored vectors, not the same bits.
                double[] again = made.Get(entry.Name, entry.Shape).ToDoubles();
                ElementwiseAssert.Close(entry.ToDoubles(), again, Tolerances.StoredVectors, $"{family}: {entry.Name}", [.. entry.Shape]);
            }
        }
    }

    private static List<TensorEntry> RecurrentParameters(VectorCase vectorCase, RecurrentVectorConfig config)
    {
        List<TensorEntry> entries = [];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach (bool reverse in new[] { false, true }.Take(config.Directions))
            {
                entries.AddRange(NamesOf(layer, reverse).Select(
                    name => TensorEntry.FromSingles(name, vectorCase.Shape(name), vectorCase.Singles(name))));
            }
        }

        return entries;
    }

    private static string[] NamesOf(int layer, bool reverse) =>
    [
        RecurrentWeightNames.InputWeight(layer, reverse),
        RecurrentWeightNames.HiddenWeight(layer, reverse),
        RecurrentWeightNames.InputBias(layer, reverse),
        RecurrentWeightNames.HiddenBias(layer, reverse),
    ];
}
