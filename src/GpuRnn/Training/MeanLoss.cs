using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>What all losses that are weighted means end with.</summary>
internal static class MeanLoss
{
    /// <summary>Adds the terms and keeps the gradient for the backward pass.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="prediction">What the gradient is by.</param>
    /// <param name="terms">Weighted, not divided.</param>
    /// <param name="gradient">That of the mean; null where nobody asks for it.</param>
    /// <param name="weight">What the mean divides by; 0 makes it NaN.</param>
    public static Tensor Finish(Tape tape, Tensor prediction, Tensor terms, Tensor? gradient, double weight)
    {
        Tensor loss = tape.Allocate();
        TensorKernels.Sum(tape, terms.View, loss.View, (float)(1.0 / weight));
        loss.MeanWeight = weight;
        if (gradient is not null)
        {
            tape.Record(new LossGradient(prediction, loss, gradient), loss);
        }

        return loss;
    }
}
