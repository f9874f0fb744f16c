using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Evaluation;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Evaluation;

public sealed class ConfusionMatrixTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Shares_AreThoseOfTheCounts()
    {
        // Rows are what was right: class 0 five times, of which 3 said; class 1 three times, of which 2; class 2 never right and once said.
        ConfusionMatrix matrix = new(4);
        foreach ((int truth, int said) in (ReadOnlySpan<(int, int)>)[(0, 0), (0, 0), (0, 1), (0, 0), (1, 1), (0, 2), (1, 1), (1, 0)])
        {
            matrix.Add(truth, said);
        }

        Assert.Equal([3, 1, 1, 0], matrix.Counts[0]);
        Assert.Equal([1, 2, 0, 0], matrix.Counts[1]);
        Assert.Equal((8L, 5L, 0.625), (matrix.Total, matrix.Right, matrix.Accuracy));
        Assert.Equal((0.75, 0.6, 6.0 / 9.0), (matrix.Precision(0), matrix.Recall(0), matrix.F1(0)));
        Assert.Equal((2.0 / 3.0, 2.0 / 3.0, 4.0 / 6.0), (matrix.Precision(1), matrix.Recall(1), matrix.F1(1)));
        Assert.Equal((0.0, double.NaN, 0.0), (matrix.Precision(2), matrix.Recall(2), matrix.F1(2)));
        Assert.Equal((double.NaN, double.NaN), (matrix.Precision(3), matrix.F1(3)));
        Assert.Equal(double.NaN, new ConfusionMatrix(1).Accuracy);
    }

    [Fact]
    public void Add_TakesTheLargestLogit_TheFirstOfEqualOnes_AndPassesOverIgnoredRows()
    {
        ConfusionMatrix matrix = new(3);
        matrix.Add([0.0f, 2.0f, 1.0f, 4.0f, 0.0f, 4.0f, float.NaN, 0.0f, 0.0f, float.NegativeInfinity, 0.0f, float.PositiveInfinity], [1, 2, Losses.DefaultIgnoreIndex, 2]);
        Assert.Equal([0, 1, 0], matrix.Counts[1]);
        Assert.Equal([1, 0, 1], matrix.Counts[2]);
        Assert.Equal(3, matrix.Total);
    }

    [Fact]
    public void Of_RunsTheModelInEvaluationMode_AndPutsItBack()
    {
        // The logits are the inputs, but in training everything is dropped.
        using Sequential model = new(new Dropout(_device, 0.999f, new RandomSource(1)));
        model.Train();
        ArrayBatchSource source = ArrayBatchSource.ForClasses([1.0f, 0.0f, 0.0f, 1.0f, 0.5f, 0.0f], 1, 2, [0, 1, 1], 2, shuffle: false);
        ConfusionMatrix matrix = ConfusionMatrix.Of(model, source, 2);
        Assert.Equal([1, 0], matrix.Counts[0]);
        Assert.Equal([1, 1], matrix.Counts[1]);
        Assert.True(model.IsTraining);

        Assert.Contains("a last axis of 3 classes", Assert.Throws<ShapeException>(() => ConfusionMatrix.Of(model, source, 3)).Message);
        Assert.True(model.IsTraining);
    }

    [Fact]
    public void WrongArguments_AreNamed()
    {
        ConfusionMatrix matrix = new(2);
        Assert.Contains("classCount is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(0)).Message);
        Assert.Contains("truth is 2", Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(2, 0)).Message);
        Assert.Contains("said is -1", Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(0, -1)).Message);
        Assert.Contains("number is 2", Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Recall(2)).Message);
        Assert.Contains("row 1 is NaN", Assert.Throws<ArgumentException>(() => matrix.Add([0.0f, 1.0f, 0.0f, float.NaN], [0, 1])).Message);
        Assert.Contains("3 logits arrived for 2 targets", Assert.Throws<ShapeException>(() => matrix.Add([0.0f, 1.0f, 0.0f], [0, 1])).Message);
    }
}
