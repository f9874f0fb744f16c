using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Operations;

/// <summary>An operation of the tape, forward and backward, against a formula and its gradient in double.</summary>
internal sealed class OperationCase : ConformanceCase
{
    private const ulong UpstreamSeed = 77;

    public OperationCase(string subject, string sizes)
        : base(subject, sizes)
    {
    }

    /// <summary>The shapes of the inputs; their values are uniform in ±1.</summary>
    public required int[][] Shapes { get; init; }

    /// <summary>The operation under test.</summary>
    public required Func<Tape, Tensor[], Tensor> Operation { get; init; }

    /// <summary>The result from the inputs.</summary>
    public required Func<double[][], Sums> Formula { get; init; }

    /// <summary>The gradient of each input from the inputs and the gradient of the result.</summary>
    public required Func<double[][], double[], Sums[]> Gradient { get; init; }

    /// <summary>The values of the inputs.</summary>
    public float[][] Inputs()
    {
        return [.. Shapes.Select((shape, i) => CaseValues.Uniform(CaseValues.Count(shape), (ulong)(i + 1)))];
    }

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        float[][] values = Inputs();
        double[][] inputs = [.. values.Select(CaseValues.Widen)];
        Sums expected = Formula(inputs);
        float[] upstream = CaseValues.Uniform(expected.Values.Length, UpstreamSeed);
        using Tape tape = new(device);
        Tensor[] tensors = [.. Shapes.Select((shape, i) => Tensor.FromArray(device, values[i], shape).TrackGradient())];
        try
        {
            Tensor result = Operation(tape, tensors);
            int[] resultShape = [.. result.Shape];
            Compare(recorder, "result", expected, result.ToArray(), resultShape);

            // Twice on the same inputs, so that gradients must add up.
            using Tensor upstreamTensor = Tensor.FromArray(device, upstream, resultShape);
            tape.Backward(result, upstreamTensor);
            tape.Backward(Operation(tape, tensors), upstreamTensor);
            Sums[] gradients = Gradient(inputs, CaseValues.Widen(upstream));
            for (int i = 0; i < tensors.Length; i++)
            {
                Compare(recorder, $"gradient of input {i}", gradients[i].Times(2.0), tensors[i].Gradient!.ToArray(), Shapes[i]);
            }
        }
        finally
        {
            Array.ForEach(tensors, tensor => tensor.Dispose());
        }
    }

    private static void Compare(ConformanceRecorder recorder, string what, Sums expected, float[] actual, int[] shape)
    {
        recorder.Compare(what, expected.Values, actual, expected.Allowed(), Sums.BoundName, shape);
    }
}
