using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Layers;

/// <summary>The layer in float32 against PyTorch's float64 results: outputs, states and every gradient.</summary>
public sealed class RecurrentVectorTests : IDisposable
{
    private readonly Device _device = DeviceCatalog.Open("cpu");

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string family in new[] { "elman", "lstm", "gru", "gru_reset_before" })
            {
                foreach (string name in VectorFile.CaseNames(family))
                {
                    cases.Add(family, name);
                }
            }

            return cases;
        }
    }

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ForwardAndBackward_MatchPyTorch(string family, string name)
    {
        VectorCase vector = VectorFile.Load(family).Cases[name];
        RecurrentVectorConfig config = RecurrentVectorConfig.Of(vector);
        using Recurrent layer = Build(vector, config);
        using Tape tape = new(_device);
        using Tensor input = Leaf(vector, "x");
        using RecurrentState? initial = Initial(vector, layer, config);
        RecurrentResult result = layer.Forward(tape, input, initial, config.Lengths is null ? null : SequenceMask.FromLengths(config.TimeSteps, config.Lengths));

        Bounds bounds = Bounds.Of(vector, config, layer);
        Compare(vector, "y", result.Output, bounds.Forward);
        string[] states = layer.Cell.Name == "lstm" ? ["h_n", "c_n"] : ["h_n"];
        for (int i = 0; i < states.Length; i++)
        {
            Compare(vector, states[i], result.State.Tensors[i], bounds.Forward);
        }

        tape.Backward(RecurrentLoss.Of(tape, vector, result));
        Compare(vector, "grad/x", input.Gradient!, bounds.Backward);
        for (int i = 0; initial is not null && i < states.Length; i++)
        {
            Compare(vector, i == 0 ? "grad/h0" : "grad/c0", initial.Tensors[i].Gradient!, bounds.Backward);
        }

        foreach (Parameter parameter in layer.Parameters)
        {
            Compare(vector, "grad/" + parameter.Name, parameter.Gradient, bounds.Backward);
        }
    }

    private Recurrent Build(VectorCase vector, RecurrentVectorConfig config)
    {
        string cell = config.Cell switch
        {
            "elman" => config.Nonlinearity == "tanh" ? "elman" : "elman-" + config.Nonlinearity!.Replace('_', '-'),
            "gru" => Cells.Gru(config.Reset == "before" ? GruReset.BeforeProduct : GruReset.AfterProduct).Name,
            string other => other,
        };
        RecurrentOptions options = new()
        {
            InputSize = config.InputSize,
            HiddenSize = config.HiddenSize,
            LayerCount = config.Layers,
            Bidirectional = config.Directions == 2,
        };
        Recurrent layer = new(_device, Cells.Parse(cell), options, new RandomSource(1));
        foreach (Parameter parameter in layer.Parameters)
        {
            Assert.Equal(vector.Shape(parameter.Name), parameter.Value.Shape.ToArray());
            parameter.Value.CopyFrom(vector.Singles(parameter.Name));
        }

        Assert.Equal(vector.TensorNames.Count(name => name.StartsWith("weight", StringComparison.Ordinal)
            || name.StartsWith("bias", StringComparison.Ordinal)), layer.Parameters.Count);
        return layer;
    }

    private RecurrentState? Initial(VectorCase vector, Recurrent layer, RecurrentVectorConfig config)
    {
        if (!config.HasInitialState)
        {
            return null;
        }

        return layer.Cell.Name == "lstm"
            ? new RecurrentState(Leaf(vector, "h0"), Leaf(vector, "c0"))
            : new RecurrentState(Leaf(vector, "h0"));
    }

    private Tensor Leaf(VectorCase vector, string name)
    {
        return Tensor.FromArray(_device, vector.Singles(name), vector.Shape(name)).TrackGradient();
    }

    private static void Compare(VectorCase vector, string name, Tensor actual, ToleranceSpec tolerance)
    {
        ElementwiseAssert.Close(vector.Doubles(name), actual.ToArray(), tolerance, name, vector.Shape(name));
    }

    /// <summary>Tolerances from summation length, depth and the largest sum of |w|·|x| behind an element.</summary>
    private sealed record Bounds(ToleranceSpec Forward, ToleranceSpec Backward)
    {
        public static Bounds Of(VectorCase vector, RecurrentVectorConfig config, Recurrent layer)
        {
            double rowSum = 1.0;
            foreach (Parameter weight in layer.Parameters.Where(parameter => parameter.Value.Rank == 2))
            {
                double[] values = vector.Doubles(weight.Name);
                int width = weight.Value.Shape[1];
                double largest = values.Chunk(width).Max(row => row.Sum(Math.Abs));
                rowSum = Math.Max(rowSum, 1.5 * largest);
            }

            int terms = Math.Max(config.InputSize, config.Directions * config.HiddenSize) + config.HiddenSize;
            int depth = config.TimeSteps * config.Layers;
            double gradient = vector.TensorNames.Where(name => name.StartsWith("grad/", StringComparison.Ordinal))
                .Max(name => vector.Doubles(name).Select(Math.Abs).Append(1.0).Max());
            int backwardTerms = Math.Max(4 * config.HiddenSize, config.TimeSteps * config.BatchSize);
            return new Bounds(
                Tolerances.Single(terms, depth, rowSum), Tolerances.Single(backwardTerms, 2 * depth, rowSum * gradient));
        }
    }
}
