using GpuRnn.Tensors;

namespace GpuRnn.Reservoirs;

/// <summary>What a reservoir's readout sees and computes: y_t = W_out z_t with z_t = (x_t, u_t, 1).</summary>
/// <param name="options">Says which parts z has.</param>
/// <param name="weights">W_out, [O, F].</param>
internal sealed class Readout(EchoStateOptions options, double[] weights)
{
    /// <summary>W_out, [O, F].</summary>
    public double[] Weights => weights;

    /// <summary>Fills z.</summary>
    /// <param name="options">Says which parts z has.</param>
    /// <param name="state">x, [H].</param>
    /// <param name="input">u, [I].</param>
    /// <param name="features">Receives z, [F].</param>
    public static void FillFeatures(EchoStateOptions options, ReadOnlySpan<double> state, ReadOnlySpan<double> input, Span<double> features)
    {
        state.CopyTo(features);
        if (options.HasDirectInput)
        {
            input.CopyTo(features[state.Length..]);
        }

        if (options.HasOutputBias)
        {
            features[^1] = 1.0;
        }
    }

    /// <summary>Computes y.</summary>
    public void Apply(ReadOnlySpan<double> features, Span<double> outputs)
    {
        for (int target = 0; target < outputs.Length; target++)
        {
            outputs[target] = DoubleVectors.Dot(weights.AsSpan(target * features.Length, features.Length), features);
        }
    }

    /// <summary>The step that feeds the readout's output back within itself, so that a free run is one pass over fixed weights.</summary>
    /// <remarks>
    /// W_back y_(t−1) = W_back (W_x x_(t−1) + W_u u_(t−1) + w_1): the first part joins W, the second reads u_(t−1) as a further drive, the third joins b.
    /// The drive is u_t, then u_(t−1) where the readout sees the input.
    /// </remarks>
    public ReservoirStep Close(ReservoirWeights fixedWeights)
    {
        int size = options.ReservoirSize;
        int inputs = options.InputSize;
        int features = options.FeatureCount;
        int width = Math.Max(1, options.HasDirectInput ? 2 * inputs : inputs);
        double[] recurrent = fixedWeights.RecurrentMatrix.ToDense();
        double[] drive = new double[size * width];
        double[] bias = [.. fixedWeights.BiasArray];
        for (int unit = 0; unit < size; unit++)
        {
            for (int i = 0; i < inputs; i++)
            {
                drive[(unit * width) + i] = fixedWeights.InputArray[(unit * inputs) + i];
            }

            for (int output = 0; output < options.OutputSize; output++)
            {
                double back = fixedWeights.FeedbackArray[(unit * options.OutputSize) + output];
                ReadOnlySpan<double> row = weights.AsSpan(output * features, features);
                DoubleVectors.AddScaled(back, row[..size], recurrent.AsSpan(unit * size, size));
                if (options.HasDirectInput)
                {
                    DoubleVectors.AddScaled(back, row.Slice(size, inputs), drive.AsSpan((unit * width) + inputs, inputs));
                }

                bias[unit] += options.HasOutputBias ? back * row[^1] : 0.0;
            }
        }

        return new ReservoirStep(
            SparseMatrix.FromDense(recurrent, size, size), SparseMatrix.FromDense(drive, size, width), bias, options.LeakRate);
    }
}
