using GpuRnn.Decoding;
using GpuRnn.Devices.Cpu;
using GpuRnn.Evaluation;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>The example of docs/training/ctc.md.</summary>
public sealed class CtcExampleTests : IDisposable
{
    private const int TimeSteps = 12;

    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Example_LearnsLabelsWithoutPlaces()
    {
        CpuDevice device = _device;
        RandomSource random = new(seed: 3);
        (float[] values, int[][] labels, SequenceMask mask) = Signals(random, batchSize: 8);

        // <example:Ctc>
        const int ClassCount = 3;   // 0 is the blank, 1 and 2 are labels
        Recurrent recurrent = new(device, Cells.Lstm, new RecurrentOptions { InputSize = 2, HiddenSize = 16, Bidirectional = true }, random);
        using Sequential model = new(recurrent, new Dense(device, recurrent.OutputSize, ClassCount, random));
        using Adam optimizer = new(model.Parameters, learningRate: 0.02f);
        using Tape tape = new(device);
        for (int step = 0; step < 150; step++)
        {
            Tensor logits = model.Forward(tape, tape.Input(values, TimeSteps, labels.Length, 2), mask);
            Tensor loss = CtcLoss.Forward(tape, logits, labels, mask);
            optimizer.ZeroGradients();
            tape.Backward(loss);
            optimizer.Step();
        }

        using Tape inference = Tape.Inference(device);
        Tensor outputs = model.Forward(inference, inference.Input(values, TimeSteps, labels.Length, 2), mask);
        int[][] found = CtcDecoder.Greedy(outputs, mask);
        CtcHypothesis best = CtcDecoder.Search(outputs, width: 8, mask)[0][0];
        Console.WriteLine($"label error rate {EditDistance.ErrorRate(found, labels)}; row 0 is {string.Join(' ', best.Labels)}");
        // </example:Ctc>

        Assert.Equal(labels, found);
        Assert.Equal(labels[0], best.Labels);
    }

    // Rows of up to four impulses; which of the two inputs has it is the label.
    private static (float[] Values, int[][] Labels, SequenceMask Mask) Signals(RandomSource random, int batchSize)
    {
        float[] values = new float[TimeSteps * batchSize * 2];
        int[][] labels = new int[batchSize][];
        int[] lengths = new int[batchSize];
        for (int row = 0; row < batchSize; row++)
        {
            labels[row] = [.. Enumerable.Range(0, 1 + (row % 4)).Select(_ => 1 + random.NextInt(2))];
            lengths[row] = TimeSteps - (row % 2);
            for (int i = 0; i < labels[row].Length; i++)
            {
                int step = (2 * i) + random.NextInt(2);
                values[(((step * batchSize) + row) * 2) + labels[row][i] - 1] = 1.0f;
            }
        }

        return (values, labels, SequenceMask.FromLengths(TimeSteps, lengths));
    }
}
