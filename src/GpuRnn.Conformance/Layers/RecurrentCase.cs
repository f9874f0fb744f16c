using GpuRnn.Accuracy;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Layers;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Layers;

/// <summary>A recurrent layer, forward and backward, against the double reference.</summary>
internal sealed class RecurrentCase : ConformanceCase
{
    private const float DropoutProbability = 0.25f;

    // The weights are uniform below 0.5/√n: a square matrix of them has a norm near 0.6, and gates stay between 0.3 and 0.7. So a step
    // passes on less than 7/8 of an earlier error, and errors of T steps add up to no more than those of 8.
    private const double Gain = 0.5;
    private const int MostStepsThatAdd = 8;

    private readonly RecurrentVariant _variant;

    public RecurrentCase(RecurrentVariant variant)
        : base($"layer {variant.Step.Apply(variant.Cell, true)}", variant.Describe())
    {
        _variant = variant;
    }

    /// <summary>What it runs.</summary>
    public RecurrentVariant Variant => _variant;

    private int Depth => _variant.LayerCount * Math.Min(_variant.TimeSteps, MostStepsThatAdd);

    private int Rows => _variant.TimeSteps * _variant.BatchSize;

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        ReferenceRecurrent reference = Reference(isTraining: true);
        using Recurrent layer = new(device, _variant.Cell, Options(), new RandomSource(3));
        double[][] parameters = [.. layer.Parameters.Select((parameter, i) => SetUniform(parameter, (ulong)(10 + i)))];
        float[] input = CaseValues.Uniform(Rows * _variant.InputSize, 1);
        int stateRows = _variant.LayerCount * _variant.DirectionCount * _variant.BatchSize;
        float[][] initial = [.. reference.States.Select((state, i) => CaseValues.Uniform(stateRows * state.Width, (ulong)(100 + i), 0.9f))];
        using Tensor inputTensor = Tensor.FromArray(device, Outside(input, _variant.InputSize), OutsideShape(_variant.InputSize)).TrackGradient();
        using RecurrentState start = new([.. initial.Select((state, i) => Tensor.FromArray(
            device, state, stateRows / _variant.BatchSize, _variant.BatchSize, reference.States[i].Width).TrackGradient())]);
        foreach (bool isRecording in new[] { false, true })
        {
            // With options, a pass without a gradient is one of evaluation, whose step is another.
            SavedState saved = new();
            bool isTraining = isRecording || _variant.Step == StepOptions.None;
            reference = Reference(isTraining);
            SetMode(layer, isTraining);

            layer.SaveState(saved);
            ReferenceRecurrentPass pass = reference.Forward(
                _variant.TimeSteps,
                _variant.BatchSize,
                CaseValues.Widen(input),
                parameters,
                _variant.HasInitial ? [.. initial.Select(CaseValues.Widen)] : null,
                _variant.Lengths,
                Masks(saved, reference.OutputWidth, isTraining, out IReadOnlyList<IReadOnlyList<double[]>> stepMasks),
                stepMasks);
            using Tape tape = isRecording ? new Tape(device) : Tape.Inference(device);
            RecurrentResult result = layer.Forward(tape, inputTensor, _variant.HasInitial ? start : null, _variant.Mask());
            CompareForward(recorder, isRecording ? "training" : "inference", reference, pass, result);
            if (isRecording)
            {
                Backward(recorder, tape, layer, inputTensor, start, result, reference, pass);
            }
        }
    }

    private ReferenceRecurrent Reference(bool isTraining)
    {
        return new ReferenceRecurrent(
            _variant.Step.Apply(_variant.Cell, isTraining), _variant.InputSize, _variant.HiddenSize, _variant.LayerCount, _variant.Bidirectional);
    }

    private static void SetMode(Recurrent layer, bool isTraining)
    {
        if (isTraining)
        {
            layer.Train();
        }
        else
        {
            layer.Evaluate();
        }
    }

    private void CompareForward(
        ConformanceRecorder recorder, string mode, ReferenceRecurrent reference, ReferenceRecurrentPass pass, RecurrentResult result)
    {
        ToleranceSpec tolerance = Tolerances.Single(LongestForward(reference), Depth);
        int width = reference.OutputWidth;
        recorder.Compare($"output in {mode}", Outside(pass.Output, width), result.Output.ToArray(), tolerance, OutsideShape(width));
        for (int state = 0; state < reference.States.Count; state++)
        {
            recorder.Compare(
                $"final {reference.States[state].Name} in {mode}", pass.FinalStates[state], result.State.Tensors[state].ToArray(), tolerance);
        }
    }

    private void Backward(
        ConformanceRecorder recorder,
        Tape tape,
        Recurrent layer,
        Tensor inputTensor,
        RecurrentState start,
        RecurrentResult result,
        ReferenceRecurrent reference,
        ReferenceRecurrentPass pass)
    {
        float[] upstream = CaseValues.Uniform(pass.Output.Length, 200);
        float[][] finals = [.. pass.FinalStates.Select((state, i) => CaseValues.Uniform(state.Length, (ulong)(210 + i)))];
        Tensor loss = Weighted(tape, result.Output, Outside(upstream, reference.OutputWidth));
        for (int state = 0; _variant.HasInitial && state < finals.Length; state++)
        {
            loss = Add.Forward(tape, loss, Weighted(tape, result.State.Tensors[state], finals[state]));
        }

        tape.Backward(loss);
        ReferenceRecurrentGradients expected = reference.Backward(
            pass, CaseValues.Widen(upstream), _variant.HasInitial ? [.. finals.Select(CaseValues.Widen)] : null);

        // A weight's gradient sums over all rows; the largest gradient of one row bounds each summand.
        double largest = 4.0 * Math.Max(1.0, expected.Input.Concat(expected.InitialStates.SelectMany(state => state)).Max(Math.Abs));
        int longest = LongestBackward(reference);
        ToleranceSpec rows = Tolerances.Single(longest, 2 * Depth, largest);
        ToleranceSpec weights = Tolerances.Single(Rows + (longest * 2 * Depth), 1, largest * Math.Sqrt(Rows));
        recorder.Compare(
            "gradient of the input", Outside(expected.Input, _variant.InputSize), inputTensor.Gradient!.ToArray(), rows, OutsideShape(_variant.InputSize));
        for (int state = 0; _variant.HasInitial && state < start.Tensors.Count; state++)
        {
            recorder.Compare(
                $"gradient of initial {reference.States[state].Name}", expected.InitialStates[state], start.Tensors[state].Gradient!.ToArray(), rows);
        }

        for (int i = 0; i < layer.Parameters.Count; i++)
        {
            recorder.Compare(
                $"gradient of {layer.Parameters[i].Name}", expected.Parameters[i], layer.Parameters[i].Gradient.ToArray(), weights, [.. reference.Parameters[i].Shape]);
        }
    }

    /// <summary>Terms of a gate: a row of the input's weight and one of the state's.</summary>
    private static int LongestForward(ReferenceRecurrent reference)
    {
        return 2 * reference.Parameters.Max(parameter => parameter.Shape[^1]);
    }

    /// <summary>Terms of a state's gradient: a column of a weight.</summary>
    private static int LongestBackward(ReferenceRecurrent reference)
    {
        return reference.Parameters.Max(parameter => parameter.Shape[0]);
    }

    /// <summary>The sum of the products, element by element: its gradient is the weights.</summary>
    private static Tensor Weighted(Tape tape, Tensor values, float[] weights)
    {
        return Sum.Forward(tape, Multiply.Forward(tape, values, tape.Input(weights, values.Shape)));
    }

    /// <summary>Draws a parameter small enough for errors not to grow, and gives what was drawn; a cell's constant stays what it is.</summary>
    internal static double[] SetUniform(Parameter parameter, ulong seed)
    {
        if (!parameter.IsLearned)
        {
            return CaseValues.Widen(parameter.Value.ToArray());
        }

        float bound = (float)(Gain / Math.Sqrt(parameter.Value.Shape[^1]));
        float[] values = CaseValues.Uniform(parameter.Value.Length, seed, bound);
        parameter.Value.CopyFrom(values);
        return CaseValues.Widen(values);
    }

    private RecurrentOptions Options()
    {
        return new RecurrentOptions
        {
            InputSize = _variant.InputSize,
            HiddenSize = _variant.HiddenSize,
            LayerCount = _variant.LayerCount,
            Bidirectional = _variant.Bidirectional,
            BatchFirst = _variant.BatchFirst,
            Dropout = _variant.HasDropout ? DropoutProbability : 0.0f,
            Step = _variant.Step,
        };
    }

    /// <summary>All factors in the order in which the layer draws them: those of the gaps between layers in padded order, those of steps as packed.</summary>
    private double[][]? Masks(SavedState saved, int width, bool isTraining, out IReadOnlyList<IReadOnlyList<double[]>> stepMasks)
    {
        SequencePacking packing = SequencePacking.Create(_variant.TimeSteps, _variant.BatchSize, _variant.Lengths);
        DropoutStream stream = new(saved);
        StepGraph graph = _variant.Step.Apply(_variant.Cell, isTraining).BuildGraph(_variant.InputSize, _variant.HiddenSize);
        bool drops = _variant.HasDropout && _variant.LayerCount > 1 && isTraining;
        List<IReadOnlyList<double[]>> steps = [];
        List<double[]> gaps = [];
        for (int layer = 0; layer < _variant.LayerCount; layer++)
        {
            for (int direction = 0; direction < _variant.DirectionCount; direction++)
            {
                steps.Add([.. graph.Masks.Select(mask => stream.Next(mask, packing.Layout))]);
            }

            if (drops && layer < _variant.LayerCount - 1)
            {
                gaps.Add(Padded(packing, stream.Next(Rows * width, DropoutProbability, 1.0f / (1.0f - DropoutProbability)), width));
            }
        }

        stepMasks = steps;
        return drops ? [.. gaps] : null;
    }

    private static double[] Padded(SequencePacking packing, double[] packed, int width)
    {
        double[] padded = new double[packed.Length];
        for (int row = 0; row < packing.Layout.TotalRows; row++)
        {
            Array.Copy(packed, row * width, padded, packing.PaddedRows[row] * width, width);
        }

        return padded;
    }

    private int[] OutsideShape(int width)
    {
        return _variant.BatchFirst ? [_variant.BatchSize, _variant.TimeSteps, width] : [_variant.TimeSteps, _variant.BatchSize, width];
    }

    /// <summary>[T, B, width] as the layer takes and gives it: with the batch first where it is asked to, and absent steps where the mask has them.</summary>
    private T[] Outside<T>(T[] inside, int width)
    {
        T[] outside = new T[inside.Length];
        for (int sequence = 0; sequence < _variant.BatchSize; sequence++)
        {
            int present = _variant.HasGaps ? _variant.Lengths![sequence] : _variant.TimeSteps;
            for (int number = 0; number < present; number++)
            {
                int step = _variant.PresentStep(sequence, number);
                int place = _variant.BatchFirst ? (sequence * _variant.TimeSteps) + step : (step * _variant.BatchSize) + sequence;
                Array.Copy(inside, ((number * _variant.BatchSize) + sequence) * width, outside, place * width, width);
            }
        }

        return outside;
    }
}
