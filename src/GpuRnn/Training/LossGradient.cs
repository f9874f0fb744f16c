using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>The backward pass of a loss whose gradient was computed with it.</summary>
internal sealed class LossGradient(Tensor prediction, Tensor loss, Tensor gradient) : TapeOperation
{
    public override void Backward(Tape tape)
    {
        if (loss.Gradient is not Tensor upstream)
        {
            return;
        }

        // What starts the backward pass has a gradient of one.
        if (!tape.IsRoot(loss))
        {
            TensorKernels.Scale(tape.Device, gradient.View, upstream.View);
        }

        tape.GiveGradient(prediction, gradient);
    }
}
