using GpuRnn.Devices;

namespace GpuRnn.Tensors.Operations;

/// <summary>The inner product of every step of one sequence with every step of another: scores of queries against keys.</summary>
public static class SequenceScores
{
    /// <summary>e[t, b, s] = Σ_k q[t, b, k] · k[s, b, k].</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="queries">[T, B, K].</param>
    /// <param name="keys">[S, B, K].</param>
    /// <returns>[T, B, S].</returns>
    /// <exception cref="ShapeException">The inputs have not three axes each, or disagree in B or K.</exception>
    /// <remarks>One matrix product for each sequence of the batch; nothing is transposed or copied.</remarks>
    public static Tensor Forward(Tape tape, Tensor queries, Tensor keys)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(queries, "SequenceScores.Forward");
        tape.Require(keys, "SequenceScores.Forward");
        ShapeCheck.RequireQueriesAndKeys(queries, keys, "SequenceScores.Forward");
        Tensor result = tape.Allocate(queries.Shape[0], queries.Shape[1], keys.Shape[0]);

        // Q · Kᵀ
        SequenceProducts.Multiply(
            tape, Factor(queries), Factor(keys) with { IsTransposed = true }, Factor(result), queries.Shape[0], queries.Shape[2], accumulate: false);
        if (tape.NeedsGradient(queries, keys))
        {
            tape.Record(new Gradient(queries, keys, result), result);
        }

        return result;
    }

    /// <summary>The matrices of a tensor's sequences.</summary>
    internal static SequenceFactor Factor(Tensor tensor)
    {
        return new SequenceFactor(tensor.View, tensor.Shape[1], tensor.Shape[2]);
    }

    private sealed class Gradient(Tensor queries, Tensor keys, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream)
            {
                return;
            }

            int t = queries.Shape[0];
            int s = keys.Shape[0];
            if (queries.NeedsGradient)
            {
                // dQ = dE · K
                Tensor target = tape.GradientOf(queries);
                SequenceProducts.Multiply(tape, Factor(upstream), Factor(keys), Factor(target), t, s, accumulate: true);
            }

            if (keys.NeedsGradient)
            {
                // dK = dEᵀ · Q
                Tensor target = tape.GradientOf(keys);
                SequenceProducts.Multiply(
                    tape, Factor(upstream) with { IsTransposed = true }, Factor(queries), Factor(target), s, t, accumulate: true);
            }
        }
    }
}
