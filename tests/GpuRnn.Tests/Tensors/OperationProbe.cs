using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Tensors;

/// <summary>Holds an operation's result and gradients against a formula in double and its central differences.</summary>
internal static class OperationProbe
{
    /// <summary>Runs the operation twice on the same inputs, so that gradients must also add up, and compares.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="shapes">The inputs' shapes; values are uniform in ±1.</param>
    /// <param name="operation">The operation on the tape.</param>
    /// <param name="formula">The same in double, on flat arrays.</param>
    /// <param name="summationLength">Terms in the longest sum behind one element, forward or backward.</param>
    /// <param name="adjust">Changes the inputs, for example to keep away from kinks.</param>
    public static void Check(
        Device device,
        int[][] shapes,
        Func<Tape, Tensor[], Tensor> operation,
        Func<double[][], double[]> formula,
        int summationLength,
        Func<float, float>? adjust = null)
    {
        float[][] values = [.. shapes.Select((shape, i) => TestDevice.Values(shape.Aggregate(1, (a, b) => a * b), (ulong)(i + 1)))];
        if (adjust is not null)
        {
            values = [.. values.Select(array => Array.ConvertAll(array, value => adjust(value)))];
        }

        double[][] inputs = [.. values.Select(array => Array.ConvertAll(array, value => (double)value))];
        double[] expected = formula(inputs);
        float[] upstream = TestDevice.Values(expected.Length, 77);
        using Tape tape = new(device);
        Tensor[] tensors = [.. shapes.Select((shape, i) => Tensor.FromArray(device, values[i], shape).TrackGradient())];
        Tensor result = operation(tape, tensors);
        ToleranceSpec tolerance = Tolerances.Single(summationLength, 2, Math.Max(1.0, summationLength));
        ElementwiseAssert.Close(expected, result.ToArray(), tolerance, "result", [.. result.Shape]);

        using Tensor upstreamTensor = Tensor.FromArray(device, upstream, [.. result.Shape]);
        tape.Backward(result, upstreamTensor);
        tape.Backward(operation(tape, tensors), upstreamTensor);
        for (int i = 0; i < tensors.Length; i++)
        {
            double[] once = CentralDifference.Gradient(inputs[i], () => Dot(formula(inputs), upstream));
            double[] twice = Array.ConvertAll(once, value => 2.0 * value);
            ElementwiseAssert.Close(twice, tensors[i].Gradient!.ToArray(), tolerance, $"gradient of input {i}", shapes[i]);
            tensors[i].Dispose();
        }
    }

    private static double Dot(double[] left, float[] right)
    {
        double sum = 0.0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
