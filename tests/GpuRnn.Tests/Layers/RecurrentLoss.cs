using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Layers;

/// <summary>The loss of the stored recurrent cases: the sum of upstream · result over output and final states.</summary>
internal static class RecurrentLoss
{
    public static Tensor Of(Tape tape, VectorCase vector, RecurrentResult result)
    {
        Tensor loss = Part(tape, vector, "upstream/y", result.Output);
        loss = Add.Forward(tape, loss, Part(tape, vector, "upstream/h_n", result.State.Hidden));
        return vector.Has("upstream/c_n") ? Add.Forward(tape, loss, Part(tape, vector, "upstream/c_n", result.State.Tensors[1])) : loss;
    }

    private static Tensor Part(Tape tape, VectorCase vector, string name, Tensor value)
    {
        return Sum.Forward(tape, Multiply.Forward(tape, value, tape.Input(vector.Singles(name), vector.Shape(name))));
    }
}
