using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Kernels.Losses;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

public sealed class CtcLossTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public static TheoryData<string> Cases => [.. VectorFile.CaseNames("ctc")];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reference_StoredVector_GivesPyTorchsLossAndGradient(string name)
    {
        VectorCase vector = VectorFile.Load("ctc").Cases[name];
        (int[][] labels, int[] lengths, int blank, bool zeroInfinity) = Read(vector);
        double[] upstream = vector.Doubles("upstream");
        double[] logits = vector.Doubles("logits");
        double[] losses = new double[lengths.Length];
        double[] gradient = new double[logits.Length];
        int classCount = vector.Shape("logits")[2];
        for (int row = 0; row < lengths.Length; row++)
        {
            double[] own = [.. Enumerable.Range(0, lengths[row] * classCount).Select(i => logits[At(i, row)])];
            double[] ownGradient = new double[own.Length];
            losses[row] = ConnectionistTemporalReference.Evaluate(own, classCount, labels[row], blank, ownGradient);
            bool isZeroed = zeroInfinity && double.IsInfinity(losses[row]);
            losses[row] = isZeroed ? 0.0 : losses[row];
            for (int i = 0; i < own.Length; i++)
            {
                gradient[At(i, row)] = isZeroed ? 0.0 : upstream[row] * ownGradient[i];
            }
        }

        ElementwiseAssert.Close(vector.Doubles("losses"), losses, Tolerances.StoredVectors, "losses");
        ElementwiseAssert.Close(vector.Doubles("grad/logits"), gradient, Tolerances.StoredVectors, "gradient", vector.Shape("logits"));

        int At(int i, int row) => (((i / classCount * lengths.Length) + row) * classCount) + (i % classCount);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_StoredVector_GivesPyTorchsLossesMeanAndGradient(string name)
    {
        VectorCase vector = VectorFile.Load("ctc").Cases[name];
        (int[][] labels, int[] lengths, int blank, bool zeroInfinity) = Read(vector);
        CtcOptions options = new() { Blank = blank, ZeroInfinity = zeroInfinity };
        float[] values = vector.Singles("logits");
        int[] shape = vector.Shape("logits");
        SequenceMask mask = SequenceMask.FromLengths(shape[0], lengths);
        using Tape tape = new(_device);
        using Tensor logits = Tensor.FromArray(_device, values, shape).TrackGradient();
        using Tensor upstream = Tensor.FromArray(_device, vector.Singles("upstream"), lengths.Length);

        // A path's logarithm is a sum of T log probabilities, each at most the logits' spread; every step rounds some 16 times.
        double magnitude = shape[0] * (2.0 + (2.0 * values.Max(Math.Abs)));
        Tensor losses = CtcLoss.Rows(tape, logits, labels, mask, options);
        ElementwiseAssert.Close(vector.Doubles("losses"), losses.ToArray(), Tolerances.Single(16 * shape[0], 1, magnitude), "losses");
        tape.Backward(losses, upstream);
        ElementwiseAssert.Close(
            vector.Doubles("grad/logits"), logits.Gradient!.ToArray(), Tolerances.Single(16 * shape[0], 3, magnitude), "gradient", shape);

        float mean = CtcLoss.Forward(tape, logits, labels, mask, options).Item();
        ElementwiseAssert.Close(vector.Doubles("mean"), [mean], Tolerances.Single(16 * shape[0], 1, magnitude), "mean");
    }

    /// <summary>Nothing aligns labels with no step; no labels need none.</summary>
    [Fact]
    public void Loss_OfARowWithoutAStep_IsInfinite_UnlessItHasNoLabel()
    {
        using Tape tape = Tape.Inference(_device);
        Tensor logits = tape.Input(TestDevice.Values(2 * 3 * 4, 1), 2, 3, 4);
        float[] losses = CtcLoss.Rows(tape, logits, [[1], [], [2, 3]], SequenceMask.FromLengths(2, 0, 0, 2)).ToArray();

        Assert.Equal([float.PositiveInfinity, 0.0f], losses[..2]);
        Assert.True(float.IsFinite(losses[2]));
    }

    [Fact]
    public void Labels_ThatAreNull_AreRefused()
    {
        using Device device = TestDevice.Open();
        using Tape tape = Tape.Inference(device);

        Assert.Contains("row 1 has null", Assert.Throws<ArgumentException>(() => CtcLoss.Forward(tape, tape.Input(new float[12], 2, 2, 3), [[1], null!])).Message);
    }

    /// <summary>A fourth axis was once passed over, and its numbers were read as steps.</summary>
    [Fact]
    public void Logits_OfFourAxes_AreRefused()
    {
        using Tape tape = Tape.Inference(_device);
        Tensor logits = tape.Input(new float[24], 2, 2, 3, 2);

        Assert.Contains("the input is [2, 2, 3, 2], but must be [T, B, V]", Assert.Throws<ShapeException>(() => CtcLoss.Forward(tape, logits, [[1], [2]])).Message);
    }

    [Fact]
    public void Loss_OfALongSequence_StaysFinite()
    {
        const int Steps = 2000;
        using Tape tape = new(_device);
        float[] values = new float[Steps * 3];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i % 3 == 0 ? 0.0f : -50.0f;
        }

        using Tensor logits = Tensor.FromArray(_device, values, Steps, 1, 3).TrackGradient();
        Tensor loss = CtcLoss.Rows(tape, logits, [[1, 2, 2, 1]]);

        // Four steps of e^−50 each, in any of about T⁴/24 places: far below what a product of single precision holds.
        double expected = ConnectionistTemporalReference.Evaluate(Array.ConvertAll(values, value => (double)value), 3, [1, 2, 2, 1], 0, []);
        Assert.InRange(expected, 100.0, 300.0);
        ElementwiseAssert.Close([expected], loss.ToArray(), Tolerances.Single(16 * Steps, 1, expected), "loss");
        tape.Backward(loss, Tensor.FromArray(_device, [1.0f], 1));
        Assert.All(logits.Gradient!.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Loss_OfClassesThatCannotCome_IsInfinite_AndZeroWhereAsked()
    {
        const float Never = float.NegativeInfinity;
        using Tape tape = new(_device);
        using Tensor logits = Tensor.FromArray(_device, [Never, Never, Never, 1.0f, 0.5f, 1.0f, 0.25f, 0.0f, 0.0f, 0.5f, 1.0f, 0.0f], 3, 1, 4).TrackGradient();
        Assert.Equal(float.PositiveInfinity, CtcLoss.Rows(tape, logits, [[1, 2]]).Item());

        Tensor loss = CtcLoss.Rows(tape, logits, [[1, 2]], options: new CtcOptions { ZeroInfinity = true });
        tape.Backward(loss, Tensor.FromArray(_device, [1.0f], 1));
        Assert.Equal(0.0f, loss.Item());
        Assert.All(logits.Gradient!.ToArray(), value => Assert.Equal(0.0f, value));
    }

    [Fact]
    public void Loss_AsTrainerOption_TakesLabelsAndMaskFromTheBatch()
    {
        using Tape tape = new(_device);
        Tensor logits = tape.Input([0.5f, -1.0f, 0.25f, 2.0f, 1.0f, -0.5f, 0.75f, 0.0f], 2, 2, 2);
        LabelledBatch batch = new()
        {
            Inputs = [], InputShape = [0], SequenceCount = 2, Labels = [[1], []], Mask = SequenceMask.FromLengths(2, 2, 1),
        };
        float expected = CtcLoss.Forward(tape, logits, batch.Labels, batch.Mask).Item();
        Assert.Equal(expected, CtcLoss.Forward(tape, logits, batch).Item());
        Batch plain = new() { Inputs = [], InputShape = [0], SequenceCount = 2 };
        Assert.Contains("Pass a LabelledBatch", Assert.Throws<ArgumentException>(() => CtcLoss.Forward(tape, logits, plain)).Message);
    }

    [Fact]
    public void Loss_WrongArguments_AreNamed()
    {
        using Tape tape = new(_device);
        Tensor logits = tape.Input(new float[12], 2, 2, 3);
        Refused<ShapeException>([[1]], null, null, "1 rows of labels arrived for logits of 2 rows");
        Refused<ArgumentException>([[1], [2, 0]], null, null, "label 1 of row 1 is 0");
        Refused<ArgumentException>([[1], [3]], null, null, "label 0 of row 1 is 3");
        Refused<ArgumentException>([[1], [0]], null, new CtcOptions { Blank = 3 }, "the blank is 3");
        Refused<ShapeException>([[1], [2]], SequenceMask.FromLengths(3, 1, 1), null, "the mask is for [T=3, B=2]");
        Refused<ArgumentException>([[1], [2]], SequenceMask.LeftPadded(2, 1, 2), null, "Pad on the right");
        Assert.Throws<ShapeException>(() => CtcLoss.Rows(tape, tape.Input(new float[6], 2, 3), [[1], [1]]));

        void Refused<T>(int[][] labels, SequenceMask? mask, CtcOptions? options, string message)
            where T : Exception =>
            Assert.Contains(message, Assert.Throws<T>(() => CtcLoss.Rows(tape, logits, labels, mask, options)).Message);
    }

    private static (int[][] Labels, int[] Lengths, int Blank, bool ZeroInfinity) Read(VectorCase vector)
    {
        int[] all = vector.Integers("labels");
        int begin = 0;
        int[][] labels = Array.ConvertAll(vector.Integers("label_lengths"), length =>
        {
            begin += length;
            return all[(begin - length)..begin];
        });
        return (labels, vector.Integers("input_lengths"), vector.Config.GetProperty("blank").GetInt32(), vector.Config.GetProperty("zeroInfinity").GetBoolean());
    }
}
