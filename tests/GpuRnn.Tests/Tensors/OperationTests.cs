using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Tests.Tensors;

public sealed class OperationTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Add_MatchesFormulaAndItsGradients()
    {
        OperationProbe.Check(
            _device,
            [[3, 5], [3, 5]],
            (tape, x) => Add.Forward(tape, x[0], x[1]),
            x => [.. x[0].Zip(x[1], (a, b) => a + b)],
            1);
    }

    [Fact]
    public void Add_OfATensorToItself_AddsBothGradients()
    {
        OperationProbe.Check(_device, [[7]], (tape, x) => Add.Forward(tape, x[0], x[0]), x => [.. x[0].Select(a => a + a)], 2);
    }

    [Fact]
    public void Multiply_MatchesFormulaAndItsGradients()
    {
        OperationProbe.Check(
            _device,
            [[3, 5], [3, 5]],
            (tape, x) => Multiply.Forward(tape, x[0], x[1]),
            x => [.. x[0].Zip(x[1], (a, b) => a * b)],
            1);
    }

    [Fact]
    public void Multiply_OfATensorByItself_IsTheSquare()
    {
        OperationProbe.Check(_device, [[7]], (tape, x) => Multiply.Forward(tape, x[0], x[0]), x => [.. x[0].Select(a => a * a)], 2);
    }

    [Fact]
    public void MatMul_MatchesFormulaAndItsGradients()
    {
        OperationProbe.Check(
            _device, [[3, 5], [5, 4]], (tape, x) => MatMul.Forward(tape, x[0], x[1]), x => Product(x[0], x[1], 3, 4, 5), 5);
    }

    [Fact]
    public void Linear_MatchesFormulaAndItsGradients()
    {
        OperationProbe.Check(
            _device,
            [[2, 3, 5], [4, 5], [4]],
            (tape, x) => Linear.Forward(tape, x[0], x[1], x[2]),
            x =>
            {
                double[] result = Product(x[0], Transpose(x[1], 4, 5), 6, 4, 5);
                for (int i = 0; i < result.Length; i++)
                {
                    result[i] += x[2][i % 4];
                }

                return result;
            },
            6);
    }

    [Fact]
    public void Tanh_MatchesFormulaAndItsGradient()
    {
        OperationProbe.Check(_device, [[4, 9]], (tape, x) => Tanh.Forward(tape, x[0]), x => [.. x[0].Select(Math.Tanh)], 1);
    }

    [Fact]
    public void Sigmoid_MatchesFormulaAndItsGradient()
    {
        OperationProbe.Check(
            _device, [[4, 9]], (tape, x) => Sigmoid.Forward(tape, x[0]), x => [.. x[0].Select(a => 1.0 / (1.0 + Math.Exp(-a)))], 1);
    }

    [Fact]
    public void Relu_MatchesFormulaAndItsGradient()
    {
        OperationProbe.Check(
            _device,
            [[4, 9]],
            (tape, x) => Relu.Forward(tape, x[0]),
            x => [.. x[0].Select(a => Math.Max(a, 0.0))],
            1,
            value => Math.Abs(value) < 0.01f ? 0.5f : value);
    }

    [Fact]
    public void Softmax_MatchesFormulaAndItsGradient()
    {
        OperationProbe.Check(
            _device,
            [[3, 2, 5]],
            (tape, x) => Softmax.Forward(tape, x[0]),
            x =>
            {
                double[] result = new double[x[0].Length];
                for (int row = 0; row < 6; row++)
                {
                    double sum = 0.0;
                    for (int k = 0; k < 5; k++)
                    {
                        sum += Math.Exp(x[0][(row * 5) + k]);
                    }

                    for (int k = 0; k < 5; k++)
                    {
                        result[(row * 5) + k] = Math.Exp(x[0][(row * 5) + k]) / sum;
                    }
                }

                return result;
            },
            5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1024)]
    [InlineData(2500)]
    public void Sum_MatchesFormulaAndItsGradient(int length)
    {
        OperationProbe.Check(_device, [[length]], (tape, x) => Sum.Forward(tape, x[0]), x => [x[0].Sum()], Math.Min(length, 40));
    }

    [Fact]
    public void Mean_MatchesFormulaAndItsGradient()
    {
        OperationProbe.Check(_device, [[4, 6]], (tape, x) => Mean.Forward(tape, x[0]), x => [x[0].Average()], 24);
    }

    [Fact]
    public void Reshape_KeepsElementsAndPassesGradients()
    {
        OperationProbe.Check(_device, [[4, 6]], (tape, x) => Reshape.Forward(tape, x[0], 3, 8), x => [.. x[0]], 1);
    }

    [Fact]
    public void SliceTime_OfOneStep_TakesItAndPassesItsGradient()
    {
        OperationProbe.Check(_device, [[4, 2, 3]], (tape, x) => SliceTime.Forward(tape, x[0], 2), x => x[0][12..18], 1);
    }

    [Fact]
    public void SliceTime_OfSteps_TakesThemAndPassesTheirGradients()
    {
        OperationProbe.Check(_device, [[4, 2, 3]], (tape, x) => SliceTime.Forward(tape, x[0], 1, 2), x => x[0][6..18], 1);
    }

    [Fact]
    public void Concat_JoinsRowsAndSplitsTheirGradients()
    {
        OperationProbe.Check(
            _device,
            [[2, 2, 3], [2, 2, 1], [2, 2, 2]],
            (tape, x) => Concat.Forward(tape, x[0], x[1], x[2]),
            x =>
            {
                List<double> result = [];
                for (int row = 0; row < 4; row++)
                {
                    result.AddRange(x[0][(row * 3)..((row + 1) * 3)]);
                    result.Add(x[1][row]);
                    result.AddRange(x[2][(row * 2)..((row + 1) * 2)]);
                }

                return [.. result];
            },
            1);
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(5, 2)]
    public void SwapTimeAndBatch_ExchangesAxesAndTheirGradients(int first, int second)
    {
        OperationProbe.Check(
            _device,
            [[first, second, 3]],
            (tape, x) => SwapTimeAndBatch.Forward(tape, x[0]),
            x =>
            {
                double[] result = new double[x[0].Length];
                for (int i = 0; i < result.Length; i++)
                {
                    int step = i / 3 / first;
                    int row = i / 3 % first;
                    result[i] = x[0][(((row * second) + step) * 3) + (i % 3)];
                }

                return result;
            },
            1);
    }

    [Fact]
    public void Embedding_TakesRowsAndAddsTheGradientsOfRepeatedOnes()
    {
        int[] indices = [2, 0, 2, 3, 2, 1];
        OperationProbe.Check(
            _device,
            [[5, 3]],
            (tape, x) => Embedding.Forward(tape, x[0], indices, 3, 2),
            x => [.. indices.SelectMany(index => x[0][(index * 3)..((index + 1) * 3)])],
            3);
    }

    [Fact]
    public void Embedding_OfAnIndexBeyondTheTable_NamesItAndTheRange()
    {
        using Tape tape = new(_device);
        using Tensor table = Tensor.Zeros(_device, 5, 3);
        ArgumentOutOfRangeException error =
            Assert.Throws<ArgumentOutOfRangeException>(() => Embedding.Forward(tape, table, [0, 5], 2));
        Assert.Contains("index 1 is 5", error.Message);
        Assert.Contains("0 to 4", error.Message);
    }

    [Fact]
    public void Dropout_ScalesWhatItKeepsAndGivesTheGradientTheSameMask()
    {
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, Enumerable.Repeat(1.0f, 4001).ToArray(), 4001).TrackGradient();
        Tensor result = Dropout.Forward(tape, input, 0.25f, seed: 3, firstBlock: 5);
        float[] values = result.ToArray();
        tape.Backward(Sum.Forward(tape, result));
        Assert.Equal(values, input.Gradient!.ToArray());
        Assert.All(values, value => Assert.True(value is 0.0f or 1.0f / 0.75f));

        // 4001 draws with p = 1/4 have a deviation of 27.4; six of them leave room for one failure in 500 million seeds.
        Assert.InRange(values.Count(value => value == 0.0f), 1000 - 165, 1000 + 165);
    }

    [Fact]
    public void Dropout_WithAnotherBlock_DropsOtherElements()
    {
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, Enumerable.Repeat(1.0f, 400).ToArray(), 400);
        float[] first = Dropout.Forward(tape, input, 0.5f, seed: 3, firstBlock: 0).ToArray();
        float[] again = Dropout.Forward(tape, input, 0.5f, seed: 3, firstBlock: 0).ToArray();
        float[] next = Dropout.Forward(tape, input, 0.5f, seed: 3, firstBlock: Dropout.BlockCount(400)).ToArray();
        Assert.Equal(first, again);
        Assert.NotEqual(first, next);
    }

    [Fact]
    public void Linear_WrongLastAxis_NamesBothShapes()
    {
        using Tape tape = new(_device);
        using Tensor input = Tensor.Zeros(_device, 2, 3);
        using Tensor weight = Tensor.Zeros(_device, 4, 5);
        ShapeException error = Assert.Throws<ShapeException>(() => Linear.Forward(tape, input, weight));
        Assert.Contains("[2, 3]", error.Message);
        Assert.Contains("[4, 5]", error.Message);
    }

    [Fact]
    public void Add_OfDifferentShapes_NamesBoth()
    {
        using Tape tape = new(_device);
        using Tensor left = Tensor.Zeros(_device, 2, 3);
        using Tensor right = Tensor.Zeros(_device, 3, 2);
        ShapeException error = Assert.Throws<ShapeException>(() => Add.Forward(tape, left, right));
        Assert.Contains("[2, 3]", error.Message);
        Assert.Contains("[3, 2]", error.Message);
    }

    private static double[] Product(double[] a, double[] b, int m, int n, int k)
    {
        double[] c = new double[m * n];
        for (int i = 0; i < c.Length; i++)
        {
            for (int j = 0; j < k; j++)
            {
                c[i] += a[(i / n * k) + j] * b[(j * n) + (i % n)];
            }
        }

        return c;
    }

    private static double[] Transpose(double[] values, int rows, int columns)
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            result[(i % columns * rows) + (i / columns)] = values[i];
        }

        return result;
    }
}
