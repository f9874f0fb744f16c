using GpuRnn.Experiments.Sequences;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Learning;

/// <summary>Temporal order: which of X and Y came first, and which second, among noise; four classes.</summary>
/// <remarks>
/// Hochreiter and Schmidhuber (1997), experiment 6a: E, then noise of a, b, c and d with X or Y at one of steps 10 to 20 and at one of 50 to 60 of 100 to
/// 110 steps, then B. Shorter sequences here scale all of these.
/// </remarks>
internal sealed class TemporalOrderTask(int length) : ISequenceTask
{
    private const int FirstMark = 4;
    private const int Start = 6;
    private const int End = 7;

    private readonly int _longest = length + (length / 10);

    /// <inheritdoc/>
    public int InputSize => 8;

    /// <inheritdoc/>
    public int OutputSize => 4;

    /// <inheritdoc/>
    public bool AnswersAtTheEnd => true;

    /// <inheritdoc/>
    public LossFunction Loss => Losses.SoftmaxCrossEntropy;

    /// <inheritdoc/>
    public Batch Draw(RandomSource random, int count)
    {
        List<int[]> sequences = [];
        List<int[]> answers = [];
        for (int row = 0; row < count; row++)
        {
            int[] symbols = new int[length + random.NextInt((length / 10) + 1)];
            for (int step = 0; step < symbols.Length; step++)
            {
                symbols[step] = random.NextInt(FirstMark);
            }

            (int first, int second) = (random.NextInt(2), random.NextInt(2));
            symbols[(length / 10) + random.NextInt((length / 10) + 1)] = FirstMark + first;
            symbols[(length / 2) + random.NextInt((length / 10) + 1)] = FirstMark + second;
            (symbols[0], symbols[^1]) = (Start, End);
            sequences.Add(symbols);
            answers.Add([(first * 2) + second]);
        }

        return Symbols.Batch(sequences, _longest, InputSize, answers);
    }

    /// <inheritdoc/>
    public int CountWrong(Batch batch, float[] answers) => Symbols.CountWrong(batch, answers, OutputSize);
}
