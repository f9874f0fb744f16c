using GpuRnn.Experiments.Sequences;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Learning;

/// <summary>The adding problem: the answer after the last step is the sum of the two marked values.</summary>
/// <remarks>
/// Hochreiter and Schmidhuber (1997), experiment 4, in the form of Le, Jaitly and Hinton (2015): a step is (value in [0, 1), marker), and the marker
/// is 1 at one step of each half. Right means an error below 0.04, as in 1997.
/// </remarks>
internal sealed class AddingTask(int length) : ISequenceTask
{
    private const float Tolerance = 0.04f;

    /// <inheritdoc/>
    public int InputSize => 2;

    /// <inheritdoc/>
    public int OutputSize => 1;

    /// <inheritdoc/>
    public bool AnswersAtTheEnd => true;

    /// <inheritdoc/>
    public LossFunction Loss => Losses.MeanSquaredError;

    /// <inheritdoc/>
    public Batch Draw(RandomSource random, int count)
    {
        Batch batch = new()
        {
            Inputs = new float[length * count * 2],
            InputShape = [length, count, 2],
            Targets = new float[count],
            TargetShape = [count, 1],
            SequenceCount = count,
        };
        int half = length / 2;
        for (int row = 0; row < count; row++)
        {
            Span<float> inputs = batch.Inputs.AsSpan(row * 2);
            for (int step = 0; step < length; step++)
            {
                inputs[step * count * 2] = random.NextSingle();
            }

            foreach (int marked in new[] { random.NextInt(half), half + random.NextInt(length - half) })
            {
                inputs[(marked * count * 2) + 1] = 1.0f;
                batch.Targets[row] += inputs[marked * count * 2];
            }
        }

        return batch;
    }

    /// <inheritdoc/>
    public int CountWrong(Batch batch, float[] answers)
    {
        return batch.Targets.Zip(answers).Count(pair => !(MathF.Abs(pair.First - pair.Second) < Tolerance));
    }
}
