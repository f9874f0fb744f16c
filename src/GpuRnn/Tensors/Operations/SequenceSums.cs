using GpuRnn.Devices;

namespace GpuRnn.Tensors.Operations;

/// <summary>Weighted sums over the steps of a sequence: the contexts that attention reads.</summary>
public static class SequenceSums
{
    /// <summary>c[t, b, k] = Σ_s w[t, b, s] · v[s, b, k].</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="weights">[T, B, S].</param>
    /// <param name="values">[S, B, K].</param>
    /// <returns>[T, B, K].</returns>
    /// <exception cref="ShapeException">The inputs have not three axes each, or disagree in B or S.</exception>
    /// <remarks>One matrix product for each sequence of the batch; nothing is transposed or copied.</remarks>
    public static Tensor Forward(Tape tape, Tensor weights, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(weights, "SequenceSums.Forward");
        tape.Require(values, "SequenceSums.Forward");
        if (weights.Rank != 3 || values.Rank != 3 || weights.Shape[1] != values.Shape[1] || weights.Shape[2] != values.Shape[0])
        {
            throw new ShapeException(
                $"SequenceSums.Forward: the weights are {Tensor.Describe(weights.Shape)} and the values {Tensor.Describe(values.Shape)}, but [T, B, S] and "
                + "[S, B, K] are needed. Pass one weight for each step of the values.");
        }

        int t = weights.Shape[0];
        Tensor result = tape.Allocate(t, values.Shape[1], values.Shape[2]);

        // W · V
        SequenceProducts.Multiply(
            tape, SequenceScores.Factor(weights), SequenceScores.Factor(values), SequenceScores.Factor(result), t, values.Shape[0], accumulate: false);
        if (tape.NeedsGradient(weights, values))
        {
            tape.Record(new Gradient(weights, values, result), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor weights, Tensor values, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream)
            {
                return;
            }

            SequenceFactor given = SequenceScores.Factor(upstream);
            int t = weights.Shape[0];
            if (weights.NeedsGradient)
            {
                // dW = dC · Vᵀ
                SequenceFactor target = SequenceScores.Factor(tape.GradientOf(weights));
                SequenceProducts.Multiply(
                    tape, given, SequenceScores.Factor(values) with { IsTransposed = true }, target, t, values.Shape[2], accumulate: true);
            }

            if (values.NeedsGradient)
            {
                // dV = Wᵀ · dC
                SequenceFactor target = SequenceScores.Factor(tape.GradientOf(values));
                SequenceProducts.Multiply(
                    tape, SequenceScores.Factor(weights) with { IsTransposed = true }, given, target, values.Shape[0], t, accumulate: true);
            }
        }
    }
}
