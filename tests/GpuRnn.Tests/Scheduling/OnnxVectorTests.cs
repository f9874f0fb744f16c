using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Testing;
using Xunit.Sdk;

namespace GpuRnn.Tests.Scheduling;

/// <summary>The double reference against ONNX Runtime's results, in single precision, for cells that PyTorch does not have.</summary>
public sealed class OnnxVectorTests
{
    private static readonly Dictionary<string, string> s_cells = new()
    {
        ["onnx_peephole"] = "peephole",
        ["onnx_coupled"] = "coupled",
        ["onnx_gru_reset_before"] = "gru-reset-before",
    };

    /// <summary>Each activation function of ONNX's in each place of an LSTM, both GRUs and an Elman cell; some with a clip.</summary>
    public static TheoryData<string> FunctionCases => [.. VectorFile.CaseNames("onnx_functions")];

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string family in s_cells.Keys)
            {
                foreach (string name in VectorFile.CaseNames(family))
                {
                    cases.Add(family, name);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_StoredCase_GivesOnnxRuntimesResults(string family, string name) => Check(family, name, Cells.Parse(s_cells[family]));

    [Theory]
    [MemberData(nameof(FunctionCases))]
    public void Forward_ChosenFunctions_GivesOnnxRuntimesResults(string name) => Check("onnx_functions", name, Chosen(name));

    [Fact]
    public void Forward_FunctionsOfAnotherCase_AreNotOnnxRuntimes() =>
        Assert.All(
            ["lstm", "gru", "gru-reset-before", "elman"],
            cell => Assert.Throws<XunitException>(() => Check("onnx_functions", $"{cell}.elu", Chosen($"{cell}.softsign"))));

    [Theory]
    [InlineData("onnx_peephole", "lstm")]
    [InlineData("onnx_gru_reset_before", "gru")]
    public void Forward_TheNextOfKin_IsNotOnnxRuntimes(string family, string cell) =>
        Assert.Throws<XunitException>(() => Check(family, "basic", Cells.Parse(cell)));

    private static Cell Chosen(string name)
    {
        Dictionary<string, string> options = RecurrentVectorConfig.Of(VectorFile.Load("onnx_functions").Cases[name]).Options!;
        return Cells.Create(
            name[..name.IndexOf('.', StringComparison.Ordinal)],
            options.Aggregate(CellOptionValues.None, (values, option) => values.With(option.Key, option.Value)));
    }

    private static void Check(string family, string name, Cell cell)
    {
        RecurrentCase stored = RecurrentCase.Load(family, name, cell);
        ReferenceRecurrentPass pass = stored.Forward();
        RecurrentVectorConfig config = stored.Config;

        // Inputs below 1.5 and states, which functions without a bound let grow; weights below 1.2/√3, and two biases.
        double largest = Math.Max(1.5, stored.Tensor("y").Max(Math.Abs)) * 1.2 / Math.Sqrt(3) * (config.InputSize + config.HiddenSize + 2);
        ToleranceSpec tolerance = Tolerances.Single(config.InputSize + config.HiddenSize + 2, config.TimeSteps, largest);
        ElementwiseAssert.Close(stored.Tensor("y"), pass.Output, tolerance, "y");
        ElementwiseAssert.Close(stored.Tensor("h_n"), pass.FinalStates[0], tolerance, "h_n");
        if (pass.FinalStates.Count > 1)
        {
            ElementwiseAssert.Close(stored.Tensor("c_n"), pass.FinalStates[1], tolerance, "c_n");
        }
    }
}
