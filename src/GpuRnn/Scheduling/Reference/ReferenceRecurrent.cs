using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Scheduling.Reference;

/// <summary>A whole recurrent layer in double precision: the oracle of <c>SequencePlan</c>.</summary>
/// <remarks>
/// The upper layer reads both directions of the lower one side by side; where its cell reads further sequences, number k + 1 is state k
/// of the lower layer in the same direction, without dropout, and zero below the first layer. A row of length n takes part in steps 0..n−1; its outputs
/// beyond are zero, and its final state is that after its last step: n−1 forwards, 0 in reverse. PyTorch's packed sequences do the same.
/// </remarks>
public sealed class ReferenceRecurrent
{
    private readonly int _layerCount;
    private readonly int _directionCount;
    private readonly StepGraph[] _graphs;
    private readonly IReadOnlyList<CellParameter>[] _parameters;

    /// <summary>Builds the graphs of all layers.</summary>
    public ReferenceRecurrent(Cell cell, int inputSize, int hiddenSize, int layerCount, bool bidirectional)
    {
        _layerCount = layerCount;
        _directionCount = bidirectional ? 2 : 1;
        _graphs = new StepGraph[layerCount];
        _parameters = new IReadOnlyList<CellParameter>[layerCount];
        int width = inputSize;
        for (int layer = 0; layer < layerCount; layer++)
        {
            _graphs[layer] = cell.BuildGraph(width, hiddenSize);
            _parameters[layer] = cell.Parameters(width, hiddenSize);
            width = _directionCount * _graphs[layer].OutputWidth;
        }
    }

    /// <summary>The parameters in the order layer, direction, cell parameter.</summary>
    public IReadOnlyList<CellParameter> Parameters =>
        [.. _parameters.SelectMany(layer => Enumerable.Repeat(layer, _directionCount).SelectMany(parameters => parameters))];

    /// <summary>The states of every layer and direction.</summary>
    public IReadOnlyList<StepState> States => _graphs[0].States;

    /// <summary>Elements of an output row: directions times the width of the output state.</summary>
    public int OutputWidth => _directionCount * _graphs[^1].OutputWidth;

    /// <summary>Runs the layer over a padded batch.</summary>
    /// <param name="timeSteps">T.</param>
    /// <param name="batchSize">B.</param>
    /// <param name="input">[T, B, I].</param>
    /// <param name="parameters">In the order of <see cref="Parameters"/>.</param>
    /// <param name="initialStates">For each state, [L·D, B, width]; zeros when null.</param>
    /// <param name="lengths">Steps of each row in any order; null when every row has T.</param>
    /// <param name="dropoutMasks">For each gap between layers, factors [T, B, D·width]; null for none.</param>
    /// <param name="stepMasks">For each layer and direction, the factors of the graph's masks, [packed rows, width]; null where it has none.</param>
    public ReferenceRecurrentPass Forward(
        int timeSteps,
        int batchSize,
        double[] input,
        IReadOnlyList<double[]> parameters,
        IReadOnlyList<double[]>? initialStates = null,
        IReadOnlyList<int>? lengths = null,
        IReadOnlyList<double[]>? dropoutMasks = null,
        IReadOnlyList<IReadOnlyList<double[]>>? stepMasks = null)
    {
        int loops = _layerCount * _directionCount;
        SequencePacking packing = SequencePacking.Create(timeSteps, batchSize, lengths);
        double[][] finals = [.. States.Select(state => new double[loops * batchSize * state.Width])];
        initialStates ??= finals;
        ReferenceRecurrentPass pass = new(packing, parameters, dropoutMasks, finals);
        double[] layerInput = Pack(packing, input, _graphs[0].SequenceWidths[0]);
        for (int layer = 0; layer < _layerCount; layer++)
        {
            StepGraph graph = _graphs[layer];
            double[] output = new double[packing.Layout.TotalRows * _directionCount * graph.OutputWidth];
            for (int direction = 0; direction < _directionCount; direction++)
            {
                int loop = (layer * _directionCount) + direction;
                ReferenceSequence sequence = new(graph, packing.Layout, direction == 1);
                ReferenceSequencePass result = sequence.Forward(
                    Sequences(pass, loop, layerInput), NamedParameters(parameters, loop), SortRows(packing, initialStates, loop), stepMasks?[loop]);
                CopyColumns(result.States[graph.OutputState], output, graph.OutputWidth, direction * graph.OutputWidth);
                UnsortRows(packing, result.FinalStates, finals, loop);
                pass.Loops.Add(result);
            }

            layerInput = layer == _layerCount - 1 ? output : Drop(packing, output, dropoutMasks?[layer]);
        }

        pass.Output = Unpack(packing, layerInput, OutputWidth);
        return pass;
    }

    /// <summary>Turns the gradients of the results into all other gradients.</summary>
    /// <param name="pass">The forward pass.</param>
    /// <param name="outputGradient">[T, B, D·width]; what stands beyond a row's length is not read.</param>
    /// <param name="finalStateGradients">For each state, [L·D, B, width]; zeros when null.</param>
    public ReferenceRecurrentGradients Backward(
        ReferenceRecurrentPass pass, double[] outputGradient, IReadOnlyList<double[]>? finalStateGradients = null)
    {
        SequencePacking packing = pass.Packing;
        finalStateGradients ??= [.. pass.FinalStates.Select(state => new double[state.Length])];
        double[][] initialGradients = [.. pass.FinalStates.Select(state => new double[state.Length])];
        double[][] parameterGradients = [.. pass.Parameters.Select(parameter => new double[parameter.Length])];
        double[] gradient = Pack(packing, outputGradient, OutputWidth);
        Dictionary<int, ReferenceSequenceGradients> loopGradients = [];
        for (int layer = _layerCount - 1; layer >= 0; layer--)
        {
            StepGraph graph = _graphs[layer];
            double[] inputGradient = new double[packing.Layout.TotalRows * graph.SequenceWidths[0]];
            for (int direction = 0; direction < _directionCount; direction++)
            {
                int loop = (layer * _directionCount) + direction;
                ReferenceSequencePass result = pass.Passes[loop];
                double[][] stateGradients = [.. result.States.Select(state => new double[state.Length])];
                CopyFromColumns(gradient, stateGradients[graph.OutputState], graph.OutputWidth, direction * graph.OutputWidth);
                AddGradientsFromAbove(stateGradients, loopGradients.GetValueOrDefault(loop + _directionCount));
                ReferenceSequenceGradients gradients = new ReferenceSequence(graph, packing.Layout, direction == 1)
                    .Backward(result, stateGradients, SortRows(packing, finalStateGradients, loop));
                UnsortRows(packing, gradients.InitialStates, initialGradients, loop);
                loopGradients.Add(loop, gradients);
                AddTo(inputGradient, gradients.Sequences[0]);
                AddNamed(parameterGradients, gradients.Parameters, loop);
            }

            gradient = layer == 0 ? inputGradient : Drop(packing, inputGradient, pass.DropoutMasks?[layer - 1]);
        }

        double[] padded = Unpack(packing, gradient, _graphs[0].SequenceWidths[0]);
        return new ReferenceRecurrentGradients(padded, parameterGradients, initialGradients)
        {
            OutputStates = [.. loopGradients.OrderBy(entry => entry.Key).Select(entry =>
                Unpack(packing, entry.Value.States[_graphs[^1].OutputState], _graphs[^1].OutputWidth))],
        };
    }

    /// <summary>What a loop reads: x, and the states below it in its direction as far as its cell declares them.</summary>
    private double[][] Sequences(ReferenceRecurrentPass pass, int loop, double[] layerInput)
    {
        IReadOnlyList<int> widths = _graphs[loop / _directionCount].SequenceWidths;
        int rows = pass.Packing.Layout.TotalRows;
        return [layerInput, .. widths.Skip(1).Select((width, state) =>
            loop < _directionCount ? new double[rows * width] : pass.Loops[loop - _directionCount].States[state])];
    }

    private static void AddGradientsFromAbove(double[][] stateGradients, ReferenceSequenceGradients? above)
    {
        for (int sequence = 1; above is not null && sequence < above.Sequences.Count; sequence++)
        {
            AddTo(stateGradients[sequence - 1], above.Sequences[sequence]);
        }
    }

    private Dictionary<string, double[]> NamedParameters(IReadOnlyList<double[]> parameters, int loop)
    {
        IReadOnlyList<CellParameter> cell = _parameters[loop / _directionCount];
        return Enumerable.Range(0, cell.Count).ToDictionary(index => cell[index].Name, index => parameters[(loop * cell.Count) + index]);
    }

    private void AddNamed(double[][] target, IReadOnlyDictionary<string, double[]> gradients, int loop)
    {
        IReadOnlyList<CellParameter> cell = _parameters[loop / _directionCount];
        for (int index = 0; index < cell.Count; index++)
        {
            AddTo(target[(loop * cell.Count) + index], gradients[cell[index].Name]);
        }
    }

    private double[][] SortRows(SequencePacking packing, IReadOnlyList<double[]> states, int loop)
    {
        int batchSize = packing.RowOrder.Length;
        double[][] sorted = [.. States.Select(state => new double[batchSize * state.Width])];
        for (int state = 0; state < States.Count; state++)
        {
            int width = States[state].Width;
            for (int row = 0; row < batchSize; row++)
            {
                int source = ((loop * batchSize) + packing.RowOrder[row]) * width;
                Array.Copy(states[state], source, sorted[state], row * width, width);
            }
        }

        return sorted;
    }

    private void UnsortRows(SequencePacking packing, IReadOnlyList<double[]> sorted, double[][] states, int loop)
    {
        int batchSize = packing.RowOrder.Length;
        for (int state = 0; state < States.Count; state++)
        {
            int width = States[state].Width;
            for (int row = 0; row < batchSize; row++)
            {
                int target = ((loop * batchSize) + packing.RowOrder[row]) * width;
                Array.Copy(sorted[state], row * width, states[state], target, width);
            }
        }
    }

    private static double[] Pack(SequencePacking packing, double[] padded, int width)
    {
        double[] packed = new double[packing.Layout.TotalRows * width];
        for (int row = 0; row < packing.Layout.TotalRows; row++)
        {
            Array.Copy(padded, packing.PaddedRows[row] * width, packed, row * width, width);
        }

        return packed;
    }

    private static double[] Unpack(SequencePacking packing, double[] packed, int width)
    {
        double[] padded = new double[packing.TimeSteps * packing.RowOrder.Length * width];
        for (int row = 0; row < packing.Layout.TotalRows; row++)
        {
            Array.Copy(packed, row * width, padded, packing.PaddedRows[row] * width, width);
        }

        return padded;
    }

    private static double[] Drop(SequencePacking packing, double[] packed, double[]? mask)
    {
        if (mask is null)
        {
            return packed;
        }

        int width = packed.Length / Math.Max(1, packing.Layout.TotalRows);
        double[] packedMask = Pack(packing, mask, width);
        return [.. packed.Zip(packedMask, (value, factor) => value * factor)];
    }

    private void CopyColumns(double[] source, double[] target, int width, int firstColumn)
    {
        for (int row = 0; row < source.Length / width; row++)
        {
            Array.Copy(source, row * width, target, (row * width * _directionCount) + firstColumn, width);
        }
    }

    private void CopyFromColumns(double[] source, double[] target, int width, int firstColumn)
    {
        for (int row = 0; row < target.Length / width; row++)
        {
            Array.Copy(source, (row * width * _directionCount) + firstColumn, target, row * width, width);
        }
    }

    private static void AddTo(double[] target, double[] addend)
    {
        for (int index = 0; index < target.Length; index++)
        {
            target[index] += addend[index];
        }
    }
}
