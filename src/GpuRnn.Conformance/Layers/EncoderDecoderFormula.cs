using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;

namespace GpuRnn.Conformance.Layers;

/// <summary>An encoder and a decoder in double, step by step: the recurrent references, and everything between them as plain loops.</summary>
internal sealed class EncoderDecoderFormula(EncoderDecoderVariant variant)
{
    private readonly EncoderDecoderVariant _variant = variant;

    /// <summary>The logits [T, B, V].</summary>
    /// <param name="source">[S, B, I].</param>
    /// <param name="target">[T, B, I]: what stands before each step.</param>
    /// <param name="parameters">Those of the model, in its order.</param>
    public double[] Logits(double[] source, double[] target, double[][] parameters)
    {
        EncoderDecoderVariant v = _variant;
        Queue<double[]> left = new(parameters);
        double[] sourceWeight = left.Dequeue();
        ReferenceRecurrent encoder = new(v.EncoderCell, EncoderDecoderVariant.VectorSize, v.EncoderSize, 1, v.IsBidirectional);
        ReferenceRecurrentPass encoded = encoder.Forward(
            v.SourceSteps, v.BatchSize, Rows(source, EncoderDecoderVariant.InputSize, row => AttentionFormula.Multiply(sourceWeight, row)),
            Take(left, encoder.Parameters.Count), null, v.Lengths);
        ReferenceRecurrent decoder = new(v.DecoderCell, v.DecoderInputSize, v.DecoderSize, v.LayerCount, false);
        double[][] state = Initial(encoder, encoded, decoder, left);
        double[] targetWeight = left.Dequeue();
        double[][] recurrent = Take(left, decoder.Parameters.Count);
        double[][] attention = Take(left, v.AttentionParameterCount);
        double[][] combine = Take(left, v.Attends ? v.IsBeforeStep ? 2 : 1 : 0);
        (double[] outputWeight, double[] outputBias) = (left.Dequeue(), left.Dequeue());

        List<double> logits = [];
        double[][] feedback = [.. Enumerable.Range(0, v.BatchSize).Select(_ => new double[EncoderDecoderVariant.FeatureSize])];
        for (int t = 0; t < v.TargetSteps; t++)
        {
            double[][] vectors = [.. Enumerable.Range(0, v.BatchSize).Select(b =>
                AttentionFormula.Multiply(targetWeight, Row(target, (t * v.BatchSize) + b, EncoderDecoderVariant.InputSize)))];
            double[][] before = v.IsBeforeStep ? Contexts(attention, encoded, Last(state)) : [];
            double[] inputs = [.. Enumerable.Range(0, v.BatchSize).SelectMany(b => (double[])
                [.. vectors[b], .. v.HasContext ? Context(encoded, b) : [], .. v.IsBeforeStep ? before[b] : [], .. v.FeedsInput ? feedback[b] : []])];
            ReferenceRecurrentPass pass = decoder.Forward(1, v.BatchSize, inputs, recurrent, state);
            state = [.. pass.FinalStates];
            double[][] hidden = [.. Enumerable.Range(0, v.BatchSize).Select(b => Row(pass.Output, b, v.DecoderSize))];
            double[][] contexts = v.IsBeforeStep ? before : v.Attends ? Contexts(attention, encoded, pass.Output) : [];
            for (int b = 0; b < v.BatchSize; b++)
            {
                feedback[b] = !v.Attends ? hidden[b]
                    : v.IsBeforeStep ? Features(combine, [.. hidden[b], .. contexts[b], .. vectors[b]])
                    : Features(combine, [.. contexts[b], .. hidden[b]]);
                logits.AddRange(AttentionFormula.Multiply(outputWeight, feedback[b]).Zip(outputBias, (sum, bias) => sum + bias));
            }
        }

        return [.. logits];
    }

    private static double[] Features(double[][] combine, double[] x)
    {
        return [.. AttentionFormula.Multiply(combine[0], x).Select((sum, i) => Math.Tanh(sum + (combine.Length == 1 ? 0.0 : combine[1][i])))];
    }

    private static double[][] Take(Queue<double[]> parameters, int count)
    {
        return [.. Enumerable.Range(0, count).Select(_ => parameters.Dequeue())];
    }

    private static double[] Row(double[] values, int row, int width)
    {
        return values.AsSpan(row * width, width).ToArray();
    }

    private static double[] Rows(double[] values, int width, Func<double[], double[]> map)
    {
        return [.. Enumerable.Range(0, values.Length / width).SelectMany(row => map(Row(values, row, width)))];
    }

    // tanh of the encoder's state of the same name, both directions side by side; of its output where it has none of the name.
    private double[][] Initial(ReferenceRecurrent encoder, ReferenceRecurrentPass encoded, ReferenceRecurrent decoder, Queue<double[]> parameters)
    {
        List<double[]> states = [];
        foreach (string name in decoder.States.Select(state => state.Name))
        {
            int found = encoder.States.ToList().FindIndex(state => state.Name == name);
            List<double> initial = [];
            for (int layer = 0; layer < _variant.LayerCount; layer++)
            {
                double[][] dense = Take(parameters, 2);
                for (int b = 0; b < _variant.BatchSize; b++)
                {
                    initial.AddRange(Features(dense, Ends(encoded.FinalStates[Math.Max(0, found)], b)));
                }
            }

            states.Add([.. initial]);
        }

        return [.. states];
    }

    private double[] Ends(double[] state, int b)
    {
        return [.. Enumerable.Range(0, _variant.DirectionCount).SelectMany(direction => Row(state, (direction * _variant.BatchSize) + b, _variant.EncoderSize))];
    }

    private double[] Context(ReferenceRecurrentPass encoded, int b)
    {
        return Ends(encoded.FinalStates[0], b);
    }

    private double[] Last(double[][] state)
    {
        return state[0][^(_variant.BatchSize * _variant.DecoderSize)..];
    }

    private double[][] Contexts(double[][] attention, ReferenceRecurrentPass encoded, double[] queries)
    {
        return [.. Enumerable.Range(0, _variant.BatchSize).Select(b => AttentionFormula.Context(
            _variant.AttentionOptions, attention, Row(queries, b, _variant.DecoderSize), encoded.Output, _variant.BatchSize, b, _variant.Lengths[b]))];
    }
}
