using GpuRnn.Tensors;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>Runs a decoder whose steps need what the step before made.</summary>
internal static class StepLoop
{
    /// <summary>All steps, one after the other.</summary>
    public static DecoderResult Run(Tape tape, Tensor inputs, DecoderState state, Func<Tape, Tensor, DecoderState, DecoderResult> step)
    {
        int count = inputs.Shape[0];
        Tensor[] features = new Tensor[count];
        Tensor[] weights = new Tensor[count];
        for (int t = 0; t < count; t++)
        {
            DecoderResult result = step(tape, TimeSteps.At(tape, inputs, t), state);
            (features[t], weights[t], state) = (result.Features, result.Weights!, result.State);
        }

        return new DecoderResult(TimeSteps.Join(tape, features), state, TimeSteps.Join(tape, weights));
    }
}
