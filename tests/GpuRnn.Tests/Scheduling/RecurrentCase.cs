using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling;

/// <summary>A stored case of PyTorch or ONNX Runtime as the reference layer takes it; a cell's constants are its own.</summary>
internal sealed class RecurrentCase
{
    private static readonly string[] s_initialNames = ["h0", "c0"];
    private static readonly string[] s_finalNames = ["h_n", "c_n"];
    private readonly VectorCase _vectors;
    private readonly CellParameter[] _cellParameters;

    private RecurrentCase(VectorCase vectors, Cell cell)
    {
        _vectors = vectors;
        Config = RecurrentVectorConfig.Of(vectors);
        Reference = new ReferenceRecurrent(cell, Config.InputSize, Config.HiddenSize, Config.Layers, Config.Directions == 2);
        _cellParameters = [.. cell.Parameters(1, Config.HiddenSize)];
        ParameterNames = [.. Enumerable.Range(0, Config.Layers).SelectMany(layer =>
            Enumerable.Range(0, Config.Directions).SelectMany(direction =>
                _cellParameters.Select(parameter =>
                    $"{parameter.Name}_l{layer}{(direction == 1 ? "_reverse" : string.Empty)}")))];
    }

    public RecurrentVectorConfig Config { get; }

    public ReferenceRecurrent Reference { get; }

    public IReadOnlyList<string> ParameterNames { get; }

    /// <summary>The families of stored cases, and the name of the library's cell for a case of each.</summary>
    public static IReadOnlyDictionary<string, Func<RecurrentVectorConfig, string>> Families { get; } =
        new Dictionary<string, Func<RecurrentVectorConfig, string>>
        {
            ["elman"] = config => config.Nonlinearity == "tanh" ? "elman" : "elman-" + config.Nonlinearity!.Replace('_', '-'),
            ["lstm"] = _ => "lstm",
            ["lstm_projected"] = config => $"lstm-projected-{config.Projection}",
            ["gru"] = _ => "gru",
            ["gru_reset_before"] = _ => "gru-reset-before",
        };

    public static IEnumerable<object[]> All()
    {
        return Families.Keys.SelectMany(family => VectorFile.CaseNames(family).Select(name => new object[] { family, name }));
    }

    public static RecurrentCase Load(string family, string name, Cell? cell = null)
    {
        VectorCase vectors = VectorFile.Load(family).Cases[name];
        return new RecurrentCase(vectors, cell ?? Cells.Parse(Families[family](RecurrentVectorConfig.Of(vectors))));
    }

    public double[] Tensor(string name)
    {
        return _vectors.Doubles(name);
    }

    public ReferenceRecurrentPass Forward()
    {
        double[][] parameters = [.. ParameterNames.Select((name, i) =>
            ConstantStart.Of(_cellParameters[i % _cellParameters.Length]) ?? _vectors.Doubles(name))];
        double[][]? initial = Config.HasInitialState ? [.. States(s_initialNames, string.Empty)] : null;
        return Reference.Forward(Config.TimeSteps, Config.BatchSize, _vectors.Doubles("x"), parameters, initial, Config.Lengths);
    }

    public ReferenceRecurrentGradients Backward(ReferenceRecurrentPass pass)
    {
        return Reference.Backward(pass, _vectors.Doubles("upstream/y"), [.. States(s_finalNames, "upstream/")]);
    }

    public void CheckForward(ReferenceRecurrentPass pass)
    {
        Check("y", pass.Output);
        for (int state = 0; state < pass.FinalStates.Count; state++)
        {
            Check(s_finalNames[state], pass.FinalStates[state]);
        }
    }

    public void CheckBackward(ReferenceRecurrentGradients gradients)
    {
        Check("grad/x", gradients.Input);
        for (int state = 0; Config.HasInitialState && state < gradients.InitialStates.Count; state++)
        {
            Check("grad/" + s_initialNames[state], gradients.InitialStates[state]);
        }

        for (int index = 0; index < ParameterNames.Count; index++)
        {
            if (_cellParameters[index % _cellParameters.Length].IsLearned)
            {
                Check("grad/" + ParameterNames[index], gradients.Parameters[index]);
            }
        }
    }

    private void Check(string tensor, double[] actual)
    {
        ElementwiseAssert.Close(_vectors.Doubles(tensor), actual, Tolerances.StoredVectors, tensor, _vectors.Shape(tensor));
    }

    private IEnumerable<double[]> States(string[] names, string prefix)
    {
        return names.Where(name => _vectors.Has(prefix + name)).Select(name => _vectors.Doubles(prefix + name));
    }
}
