using GpuRnn.Experiments.Sequences;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Learning;

/// <summary>Measuring delays: spikes one step apart more or less, and at each the answer which of the two the last delay was.</summary>
/// <remarks>
/// After Gers and Schmidhuber (2000) and Gers, Schraudolph and Schmidhuber (2002): two delays of which one is a step longer, each as likely, without shorter
/// examples. A step is 1 at a spike and else 0; three delays a sequence, the first spike so late that the last one is at the last step.
/// </remarks>
/// <param name="delay">The shorter delay.</param>
internal sealed class TimingTask(int delay) : ISequenceTask
{
    private const int Delays = 3;

    /// <inheritdoc/>
    public int InputSize => 1;

    /// <inheritdoc/>
    public int OutputSize => 2;

    /// <inheritdoc/>
    public bool AnswersAtTheEnd => false;

    /// <inheritdoc/>
    public LossFunction Loss => Losses.SoftmaxCrossEntropy;

    /// <inheritdoc/>
    public Batch Draw(RandomSource random, int count)
    {
        int timeSteps = (Delays * (delay + 1)) + 1;
        float[] inputs = new float[timeSteps * count];
        int[] classes = new int[timeSteps * count];
        Array.Fill(classes, Symbols.NoAnswer);
        for (int row = 0; row < count; row++)
        {
            int step = timeSteps - 1;
            for (int i = 0; i < Delays; i++)
            {
                int longer = random.NextInt(2);
                inputs[(step * count) + row] = 1.0f;
                classes[(step * count) + row] = longer;
                step -= delay + longer;
            }

            inputs[(step * count) + row] = 1.0f;
        }

        return new Batch { Inputs = inputs, InputShape = [timeSteps, count, 1], Classes = classes, SequenceCount = count };
    }

    /// <inheritdoc/>
    public int CountWrong(Batch batch, float[] answers) => Symbols.CountWrong(batch, answers, OutputSize);
}
