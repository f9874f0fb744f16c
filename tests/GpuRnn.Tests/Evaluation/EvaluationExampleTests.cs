using GpuRnn.Devices.Cpu;
using GpuRnn.Evaluation;
using GpuRnn.Layers;
using GpuRnn.Plots;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Evaluation;

/// <summary>The example of docs/training/evaluation.md.</summary>
public sealed class EvaluationExampleTests
{
    [Fact]
    public void Example_CountsWhatWasTakenForWhat()
    {
        using CpuDevice device = TestDevice.Open();
        using Sequential model = new(new Dense(device, 2, 3, new RandomSource(1)));
        model.Parameters[0].Value.CopyFrom([1.0f, 0.0f, 0.0f, 1.0f, -1.0f, -1.0f]);
        model.Parameters[1].Value.CopyFrom([0.0f, 0.0f, 0.0f]);
        ArrayBatchSource test = ArrayBatchSource.ForClasses([3.0f, 1.0f, 1.0f, 2.0f, -1.0f, -2.0f, 2.0f, 1.0f], 1, 2, [0, 1, 2, 1], 2, shuffle: false);

        // <example:Evaluation>
        ConfusionMatrix matrix = ConfusionMatrix.Of(model, test, classCount: 3);
        Console.WriteLine($"{matrix.Accuracy:P1} of {matrix.Total} right; class 1: F1 {matrix.F1(1):F3}");
        string chart = MatrixChart.Confusion("Test set", ["cat", "dog", "owl"], matrix.Counts);
        // </example:Evaluation>

        Assert.Equal(0.75, matrix.Accuracy);
        Assert.Equal([1, 1, 0], matrix.Counts[1]);
        Assert.Contains("owl", chart);
    }
}
