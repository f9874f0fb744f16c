using GpuRnn.Experiments.Sequences;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Learning;

/// <summary>Copy memory: symbols are shown, then blanks, then a delimiter after which the symbols must be said again in order.</summary>
/// <remarks>Arjovsky, Shah and Bengio (2016), after Hochreiter and Schmidhuber (1997): 8 symbols, a blank and a delimiter; a class a step, the blank until the delimiter.</remarks>
/// <param name="symbolCount">Symbols to remember; 10 in the paper.</param>
/// <param name="delay">Steps from the last symbol to the delimiter, it included.</param>
internal sealed class CopyTask(int symbolCount, int delay) : ISequenceTask
{
    private const int Alphabet = 8;
    private const int Blank = Alphabet;
    private const int Delimiter = Alphabet + 1;

    /// <inheritdoc/>
    public int InputSize => Alphabet + 2;

    /// <inheritdoc/>
    public int OutputSize => Alphabet + 1;

    /// <inheritdoc/>
    public bool AnswersAtTheEnd => false;

    /// <inheritdoc/>
    public LossFunction Loss => Losses.SoftmaxCrossEntropy;

    /// <inheritdoc/>
    public Batch Draw(RandomSource random, int count)
    {
        int timeSteps = (2 * symbolCount) + delay;
        List<int[]> sequences = [];
        List<int[]> answers = [];
        for (int row = 0; row < count; row++)
        {
            int[] inputs = new int[timeSteps];
            int[] classes = new int[timeSteps];
            Array.Fill(inputs, Blank);
            Array.Fill(classes, Blank);
            for (int i = 0; i < symbolCount; i++)
            {
                inputs[i] = random.NextInt(Alphabet);
                classes[symbolCount + delay + i] = inputs[i];
            }

            inputs[symbolCount + delay - 1] = Delimiter;
            sequences.Add(inputs);
            answers.Add(classes);
        }

        return Symbols.Batch(sequences, timeSteps, InputSize, answers);
    }

    /// <inheritdoc/>
    public int CountWrong(Batch batch, float[] answers) => Symbols.CountWrong(batch, answers, OutputSize);
}
