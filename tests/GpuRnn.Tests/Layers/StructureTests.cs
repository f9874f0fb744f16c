using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers;

/// <summary>Layers that give a model its shape: one step of many, many of one, merges, and ways round other layers.</summary>
public sealed class StructureTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public static TheoryData<string> Poolings => ["last", "mean", "max", "attention"];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Poolings))]
    public void Pooling_OfAPaddedBatch_GivesWhatTheSequencesGiveAlone(string kind)
    {
        using Layer layer = Pooling(kind);
        using Tape tape = new(_device);
        SequenceMask mask = SequenceMask.FromFlags(4, 3, [true, false, true, true, false, false, true, true, true, true, true, false]);
        float[] values = TestDevice.Values(4 * 3 * 2, 3);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = mask.IsPresent(i / 6, i / 2 % 3) ? values[i] : float.NaN;
        }

        using Tensor batch = Tensor.FromArray(_device, values, 4, 3, 2).TrackGradient();
        using Tensor upstream = Tensor.FromArray(_device, TestDevice.Values(6, 4), 3, 2);
        Tensor output = layer.Forward(tape, batch, mask);
        float[] given = output.ToArray();
        tape.Backward(output, upstream);
        float[] gradient = batch.Gradient!.ToArray();
        Assert.False(layer.KeepsTime);

        for (int row = 0; row < 3; row++)
        {
            int[] steps = [.. Enumerable.Range(0, 4).Where(step => mask.IsPresent(step, row))];
            float[] Row(float[] all) => [.. steps.SelectMany(step => all.AsSpan(((step * 3) + row) * 2, 2).ToArray())];
            using Tensor alone = Tensor.FromArray(_device, Row(values), steps.Length, 1, 2).TrackGradient();
            using Tensor aloneUpstream = Tensor.FromArray(_device, upstream.ToArray()[(row * 2)..((row * 2) + 2)], 1, 2);
            Tensor single = layer.Forward(tape, alone);
            ElementwiseAssert.Close(Wide(single.ToArray()), given[(row * 2)..((row * 2) + 2)], Tolerances.Single(8), $"{kind}: row {row}");
            tape.Backward(single, aloneUpstream);
            ElementwiseAssert.Close(Wide(alone.Gradient!.ToArray()), Row(gradient), Tolerances.Single(8, 2), $"{kind}: gradient of row {row}");
        }

        Assert.All(Enumerable.Range(0, 24).Where(i => !mask.IsPresent(i / 6, i / 2 % 3)), i => Assert.Equal(0.0f, gradient[i]));
    }

    [Theory]
    [MemberData(nameof(Poolings))]
    public void Pooling_OfNoStep_IsRefused(string kind)
    {
        using Layer layer = Pooling(kind);
        using Tape tape = new(_device);
        Tensor input = tape.Input(new float[12], 2, 3, 2);

        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => layer.Forward(tape, input, SequenceMask.FromLengths(2, 1, 0, 2))).Message);
        Assert.Throws<ShapeException>(() => layer.Forward(tape, tape.Input([], 0, 3, 2)));
        Assert.Throws<ShapeException>(() => layer.Forward(tape, tape.Input([1.0f], 1)));
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("max")]
    [InlineData("attention")]
    public void Pooling_MatchesItsFormulaAndGradient(string kind)
    {
        using Layer layer = Pooling(kind);
        double[][] parameters = [.. layer.Parameters.Select(parameter => Wide(parameter.Value.ToArray()))];
        OperationProbe.Check(_device, [[4, 3, 2]], (tape, x) => layer.Forward(tape, x[0]), x => Pool(kind, parameters, x[0], 4, 3, 2), 8);
    }

    [Fact]
    public void AttentionPooling_GradientsOfItsParameters_AreTheCentralDifferences()
    {
        using AttentionPooling layer = new(_device, 2, 3, new RandomSource(5));
        double[][] parameters = [.. layer.Parameters.Select(parameter => Wide(parameter.Value.ToArray()))];
        double[] input = Wide(TestDevice.Values(24, 1));
        CheckParameters(layer, [4, 3, 2], parameters, () => Pool("attention", parameters, input, 4, 3, 2));
    }

    [Fact]
    public void AttentionPooling_GivesItsWeights()
    {
        using AttentionPooling layer = new(_device, 2, 3, new RandomSource(5));
        using Tape tape = new(_device);
        AttentionResult result = layer.Pool(tape, tape.Input(TestDevice.Values(12, 1), 3, 2, 2), SequenceMask.FromLengths(3, 3, 2));

        Assert.Equal([1, 2, 3], result.Weights.Shape.ToArray());
        float[] weights = result.Weights.ToArray();
        Assert.Equal(0.0f, weights[5]);
        Assert.Equal(1.0f, weights[3] + weights[4], 6);
    }

    [Theory]
    [InlineData(MergeKind.Sum)]
    [InlineData(MergeKind.Mean)]
    [InlineData(MergeKind.Product)]
    public void Merge_MatchesItsFormulaAndGradient(MergeKind kind)
    {
        using BidirectionalMerge layer = new(_device, kind);
        double Join(double a, double b) => kind switch { MergeKind.Sum => a + b, MergeKind.Mean => (a + b) / 2.0, _ => a * b };
        OperationProbe.Check(
            _device,
            [[2, 3, 4]],
            (tape, x) => layer.Forward(tape, x[0]),
            x => [.. Enumerable.Range(0, 12).Select(i => Join(x[0][(i / 2 * 4) + (i % 2)], x[0][(i / 2 * 4) + 2 + (i % 2)]))],
            2);
    }

    [Fact]
    public void Merge_ByConcat_HandsTheInputOn()
    {
        using BidirectionalMerge layer = new(_device, MergeKind.Concat);
        using Tape tape = new(_device);
        Tensor input = tape.Input(new float[4], 1, 4);

        Assert.Same(input, layer.Forward(tape, input));
    }

    [Fact]
    public void BatchNorm_PassAfterPass_KeepsItsStatisticsMoving()
    {
        using BatchNorm layer = new(_device, 1, momentum: 0.5f);
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, [1.0f, 3.0f], 2, 1).TrackGradient();
        for (int pass = 0; pass < 2; pass++)
        {
            tape.Backward(Sum.Forward(tape, layer.Forward(tape, input)));
        }

        Assert.Equal([1.5f], layer.Parameters[2].Value.ToArray());
        Assert.Equal([1.75f], layer.Parameters[3].Value.ToArray());
    }

    [Fact]
    public void Highway_MatchesItsFormulaAndGradients()
    {
        using Highway layer = new(new Dense(_device, 3, 3, new RandomSource(1)), 3, new RandomSource(2));
        double[][] parameters = [.. layer.Parameters.Select(parameter => Wide(parameter.Value.ToArray()))];
        Assert.Equal(["layer.weight", "layer.bias", "gate.weight", "gate.bias"], layer.Parameters.Select(parameter => parameter.Name));
        Assert.All(parameters[3], value => Assert.Equal(-2.0, value));
        double[] Formula(double[] x)
        {
            double Row(double[] weight, double[] bias, int row, int unit) =>
                bias[unit] + Enumerable.Range(0, 3).Sum(k => weight[(unit * 3) + k] * x[(row * 3) + k]);
            return [.. Enumerable.Range(0, x.Length).Select(i =>
            {
                double gate = 1.0 / (1.0 + Math.Exp(-Row(parameters[2], parameters[3], i / 3, i % 3)));
                return (gate * Row(parameters[0], parameters[1], i / 3, i % 3)) + ((1.0 - gate) * x[i]);
            })];
        }

        OperationProbe.Check(_device, [[2, 3]], (tape, x) => layer.Forward(tape, x[0]), x => Formula(x[0]), 6);
        double[] input = Wide(TestDevice.Values(6, 1));
        CheckParameters(layer, [2, 3], parameters, () => Formula(input));
    }

    [Fact]
    public void Residual_AroundARecurrentLayer_AddsItsInput()
    {
        using Recurrent recurrent = new(_device, Cells.Gru(), new RecurrentOptions { InputSize = 3, HiddenSize = 3 }, new RandomSource(1));
        using Residual layer = new(recurrent);
        using Tape tape = new(_device);
        float[] values = TestDevice.Values(12, 1);
        using Tensor input = Tensor.FromArray(_device, values, 2, 2, 3);
        float[] inner = recurrent.Forward(tape, input, SequenceMask.FromLengths(2, 2, 1)).ToArray();

        Assert.Equal(values.Zip(inner, (a, b) => a + b), layer.Forward(tape, input, SequenceMask.FromLengths(2, 2, 1)).ToArray());
        Assert.Equal(recurrent.Parameters.Select(parameter => parameter.Name), layer.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void TimeDistributed_GivesWhatTheLayerGivesEachStep_AndSkipsAbsentOnes()
    {
        using Conv2d inner = new(_device, 1, 2, new SlidingWindow(2), new RandomSource(1));
        using TimeDistributed layer = new(inner);
        using Tape tape = new(_device);
        float[] values = TestDevice.Values(2 * 2 * 9, 1);
        using Tensor input = Tensor.FromArray(_device, values, 2, 2, 3, 3, 1);
        float[] expected = inner.Forward(tape, tape.Input(values, 4, 3, 3, 1)).ToArray();

        Tensor output = layer.Forward(tape, input);
        Assert.Equal([2, 2, 2, 2, 2], output.Shape.ToArray());
        Assert.Equal(expected, output.ToArray());
        float[] masked = layer.Forward(tape, input, SequenceMask.FromLengths(2, 1, 2)).ToArray();
        Assert.Equal([.. expected[..16], .. new float[8], .. expected[24..]], masked);
    }

    [Fact]
    public void OneToMany_RepeatsOrBegins()
    {
        using RepeatVector repeat = new(_device, 3);
        using FirstStepVector first = new(_device, 3);
        using Tape tape = new(_device);
        Tensor input = tape.Input([1.0f, 2.0f], 1, 2);

        Assert.Equal([1.0f, 2.0f, 1.0f, 2.0f, 1.0f, 2.0f], repeat.Forward(tape, input).ToArray());
        Assert.Equal([1.0f, 2.0f, 0.0f, 0.0f, 0.0f, 0.0f], first.Forward(tape, input).ToArray());
        Assert.False(repeat.KeepsTime || first.KeepsTime);
    }

    [Fact]
    public void BatchNorm_CountsNoAbsentStep()
    {
        using BatchNorm packed = new(_device, 2);
        using BatchNorm padded = new(_device, 2);
        using Tape tape = new(_device);
        float[] values = TestDevice.Values(8, 1);
        float[] output = padded.Forward(tape, tape.Input([.. values[..6], float.NaN, float.NaN], 2, 2, 2), SequenceMask.FromLengths(2, 2, 1)).ToArray();

        Assert.Equal(packed.Forward(tape, tape.Input(values[..6], 3, 2)).ToArray(), output[..6]);
        Assert.Equal([0.0f, 0.0f], output[6..]);
        Assert.Equal(packed.Parameters[3].Value.ToArray(), padded.Parameters[3].Value.ToArray());
    }

    [Fact]
    public void Flatten_KeepsTheAxesInFront()
    {
        using Flatten images = new(_device);
        using Flatten sequences = new(_device, 2);
        using Tape tape = new(_device);
        Tensor input = tape.Input(new float[24], 2, 3, 2, 2);

        Assert.Equal([2, 12], images.Forward(tape, input).Shape.ToArray());
        Assert.Equal([2, 3, 4], sequences.Forward(tape, input).Shape.ToArray());
        Assert.Equal((false, true), (images.KeepsTime, sequences.KeepsTime));
    }

    [Fact]
    public void Structures_OfOtherShapes_AreRefusedByName()
    {
        using Tape tape = new(_device);
        using BidirectionalMerge merge = new(_device, MergeKind.Sum);
        using Residual residual = new(new Dense(_device, 2, 3, new RandomSource(1)));
        using Highway highway = new(new Dense(_device, 2, 3, new RandomSource(1)), 2, new RandomSource(1));
        using TimeDistributed distributed = new(new LastStep(_device));
        using BatchNorm batch = new(_device, 2);
        using LayerNorm row = new(_device, 3);
        using Flatten flatten = new(_device, 2);
        Tensor two = tape.Input(new float[2], 1, 2);

        Refused("2 H", () => merge.Forward(tape, tape.Input(new float[3], 3)));
        Refused("[1, 3] of [1, 2]", () => residual.Forward(tape, two));
        Refused("[1, 3] of [1, 2]", () => highway.Forward(tape, two));
        Refused("one row for each row", () => distributed.Forward(tape, tape.Input(new float[12], 2, 3, 2)));
        Refused("[T, B, …]", () => distributed.Forward(tape, tape.Input(new float[2], 2)));
        Refused("two rows", () => batch.Forward(tape, two));
        Refused("gain [3]", () => row.Forward(tape, two));
        Refused("of 2 axes", () => flatten.Forward(tape, tape.Input(new float[2], 2)));
        OutOfRange("keptAxes is 0", () => new Flatten(_device, 0));
        OutOfRange("timeSteps is 0", () => new RepeatVector(_device, 0));
        OutOfRange("timeSteps is 0", () => new FirstStepVector(_device, 0));
        OutOfRange("size is 0", () => new BatchNorm(_device, 0));
        OutOfRange("momentum is 1", () => new BatchNorm(_device, 1, momentum: 1.0f));
        OutOfRange("epsilon is 0", () => new LayerNorm(_device, 1, 0.0f));
        OutOfRange("the kind is 9", () => new BidirectionalMerge(_device, (MergeKind)9));
    }

    private static void Refused(string words, Action action) => Assert.Contains(words, Assert.Throws<ShapeException>(action).Message);

    private static void OutOfRange(string words, Func<object> make) => Assert.Contains(words, Assert.Throws<ArgumentOutOfRangeException>(make).Message);

    private static double[] Wide(float[] values) => Array.ConvertAll(values, value => (double)value);

    private static double[] Pool(string kind, double[][] parameters, double[] x, int timeSteps, int batchSize, int width)
    {
        double X(int step, int row, int unit) => x[(((step * batchSize) + row) * width) + unit];
        double Score(int step, int row) => Enumerable.Range(0, parameters[2].Length).Sum(a =>
            parameters[2][a] * Math.Tanh(parameters[1][a] + Enumerable.Range(0, width).Sum(unit => parameters[0][(a * width) + unit] * X(step, row, unit))));
        double Total(int row) => Enumerable.Range(0, timeSteps).Sum(step => Math.Exp(Score(step, row)));
        return [.. Enumerable.Range(0, batchSize * width).Select(i =>
        {
            IEnumerable<int> steps = Enumerable.Range(0, timeSteps);
            (int row, int unit) = (i / width, i % width);
            return kind switch
            {
                "mean" => steps.Average(step => X(step, row, unit)),
                "max" => steps.Max(step => X(step, row, unit)),
                _ => steps.Sum(step => Math.Exp(Score(step, row)) * X(step, row, unit)) / Total(row),
            };
        })];
    }

    // The formula reads the parameters' doubles, which the differences change in place.
    private void CheckParameters(Layer layer, int[] shape, double[][] parameters, Func<double[]> formula)
    {
        using Tape tape = new(_device);
        float[] upstream = TestDevice.Values(formula().Length, 77);
        Tensor output = layer.Forward(tape, tape.Input(TestDevice.Values(shape.Aggregate(1, (a, b) => a * b), 1), shape));
        using Tensor upstreamTensor = Tensor.FromArray(_device, upstream, [.. output.Shape]);
        layer.Parameters.ToList().ForEach(parameter => parameter.Gradient.Clear());
        tape.Backward(output, upstreamTensor);
        for (int i = 0; i < parameters.Length; i++)
        {
            double[] expected = CentralDifference.Gradient(parameters[i], () => formula().Zip(upstream, (value, weight) => value * weight).Sum());
            ElementwiseAssert.Close(expected, layer.Parameters[i].Gradient.ToArray(), Tolerances.Single(16, 2, 4.0), layer.Parameters[i].Name);
        }
    }

    private Layer Pooling(string kind) => kind switch
    {
        "last" => new LastStep(_device),
        "mean" => new MeanOverTime(_device),
        "max" => new MaxOverTime(_device),
        _ => new AttentionPooling(_device, 2, 3, new RandomSource(5)),
    };
}
