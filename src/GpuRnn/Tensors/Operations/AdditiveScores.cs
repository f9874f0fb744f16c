using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Attention;

namespace GpuRnn.Tensors.Operations;

/// <summary>Additive scores of queries against keys (Bahdanau, Cho and Bengio 2015); the formula stands on <see cref="AdditiveScore"/>.</summary>
public static class AdditiveScores
{
    private static readonly MethodInfo s_forward = TensorKernels.Method(typeof(AdditiveScore), nameof(AdditiveScore.Forward));
    private static readonly MethodInfo s_backward = TensorKernels.Method(typeof(AdditiveScore), nameof(AdditiveScore.Backward));

    /// <summary>e[t, b, s] = Σ_a v_a · tanh(q[t, b, a] + k[s, b, a]).</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="queries">[T, B, A], projected.</param>
    /// <param name="keys">[S, B, A], projected.</param>
    /// <param name="vector">[A].</param>
    /// <returns>[T, B, S].</returns>
    /// <exception cref="ShapeException">The inputs have not three, three and one axes, or disagree in B or A.</exception>
    /// <remarks>O(T·S·B·A) tangents, none of which is stored: the backward pass computes them once more.</remarks>
    public static Tensor Forward(Tape tape, Tensor queries, Tensor keys, Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(queries, "AdditiveScores.Forward");
        tape.Require(keys, "AdditiveScores.Forward");
        tape.Require(vector, "AdditiveScores.Forward");
        ShapeCheck.RequireQueriesAndKeys(queries, keys, "AdditiveScores.Forward");
        int a = queries.Shape[2];
        if (vector.Rank != 1 || vector.Shape[0] != a)
        {
            throw new ShapeException(
                $"AdditiveScores.Forward: the vector is {Tensor.Describe(vector.Shape)}, but [A={a}] is needed. Pass one weight for each element of a query.");
        }

        int batchSize = queries.Shape[1];
        int s = keys.Shape[0];
        Tensor result = tape.Allocate(queries.Shape[0], batchSize, s);
        TensorKernels.Launch(
            tape.Device, s_forward, result.Length, queries.View, keys.View, vector.View, result.View, batchSize, s, a);
        if (tape.NeedsGradient(queries, keys) || tape.NeedsGradient(vector))
        {
            tape.Record(new Gradient(queries, keys, vector, result), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor queries, Tensor keys, Tensor vector, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream)
            {
                return;
            }

            int batchSize = queries.Shape[1];
            int a = queries.Shape[2];
            ArrayView<float> shares = tape.Rent(batchSize * a).View;
            TensorKernels.Launch(
                tape.Device,
                s_backward,
                batchSize * a,
                queries.View,
                keys.View,
                vector.View,
                upstream.View,
                Target(tape, queries),
                Target(tape, keys),
                shares,
                queries.Shape[0],
                batchSize,
                keys.Shape[0],
                a);
            if (vector.NeedsGradient)
            {
                TensorKernels.AddColumnSums(tape, shares, tape.GradientOf(vector).View, batchSize, a);
            }
        }

        // The kernel computes all gradients at once; one that nobody asked for is left in memory of the tape.
        private static ArrayView<float> Target(Tape tape, Tensor tensor)
        {
            return tensor.NeedsGradient ? tape.GradientOf(tensor).View : tape.Rent(tensor.Length).View.SubView(0, tensor.Length);
        }
    }
}
