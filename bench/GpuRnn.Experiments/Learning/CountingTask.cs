using GpuRnn.Experiments.Sequences;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Learning;

/// <summary>The languages aⁿbⁿ and aⁿbⁿcⁿ: at each symbol, say which may come next, without counting being shown.</summary>
/// <remarks>
/// Gers and Schmidhuber (2001): S, the word, T. An output a symbol, 1 where it may follow: after an a both a and b, from the first b on one alone.
/// Squared error of logistic outputs; a word is right when every output is on the right side of 1/2 at every step. What follows a shorter word in its
/// batch counts neither in the error nor as an answer.
/// </remarks>
/// <param name="letterCount">2 for aⁿbⁿ, 3 for aⁿbⁿcⁿ.</param>
/// <param name="smallest">The least n that is drawn.</param>
/// <param name="largest">The greatest n that is drawn.</param>
internal sealed class CountingTask(int letterCount, int smallest, int largest) : ISequenceTask
{
    /// <inheritdoc/>
    public int InputSize => letterCount + 1;

    /// <inheritdoc/>
    public int OutputSize => letterCount + 1;

    /// <inheritdoc/>
    public bool AnswersAtTheEnd => false;

    /// <inheritdoc/>
    public LossFunction Loss => SquaredErrorOfWords;

    /// <inheritdoc/>
    public Batch Draw(RandomSource random, int count)
    {
        return Words([.. Enumerable.Range(0, count).Select(_ => smallest + random.NextInt(largest - smallest + 1))]);
    }

    /// <summary>The words of given n, one a row.</summary>
    public Batch Words(IReadOnlyList<int> sizes)
    {
        int count = sizes.Count;
        int timeSteps = (letterCount * sizes.Max()) + 1;
        float[] inputs = new float[timeSteps * count * InputSize];
        float[] targets = new float[timeSteps * count * OutputSize];
        for (int row = 0; row < count; row++)
        {
            int n = sizes[row];

            // Symbol 0 is S as an input and T as an output; letters are 1 on.
            for (int step = 0; step <= letterCount * n; step++)
            {
                int position = (step * count) + row;
                int letter = step == 0 ? 0 : ((step - 1) / n) + 1;
                inputs[(position * InputSize) + letter] = 1.0f;
                targets[(position * OutputSize) + (step == letterCount * n ? 0 : (step / n) + 1)] = 1.0f;

                // During the first letters their number is open.
                if (letter == 1)
                {
                    targets[(position * OutputSize) + 1] = 1.0f;
                    targets[(position * OutputSize) + 2] = 1.0f;
                }
            }
        }

        return new Batch
        {
            Inputs = inputs,
            InputShape = [timeSteps, count, InputSize],
            Targets = targets,
            TargetShape = [timeSteps, count, OutputSize],
            SequenceCount = count,
        };
    }

    /// <inheritdoc/>
    public int CountWrong(Batch batch, float[] answers) => WrongRows(batch, answers).Count;

    // Past a word's end both factors are zero, and so is the gradient.
    private Tensor SquaredErrorOfWords(Tape tape, Tensor logits, Batch batch)
    {
        float[] isInWord = new float[batch.Targets.Length];
        for (int first = 0; first < isInWord.Length; first += OutputSize)
        {
            bool isAnswer = batch.Targets.AsSpan(first, OutputSize).IndexOf(1.0f) >= 0;
            isInWord.AsSpan(first, OutputSize).Fill(isAnswer ? 1.0f : 0.0f);
        }

        Tensor answers = Multiply.Forward(tape, Sigmoid.Forward(tape, logits), tape.Input(isInWord, batch.TargetShape));
        return Losses.MeanSquaredError(tape, answers, batch);
    }

    /// <summary>The rows that are answered wrongly somewhere; what follows a word is not looked at.</summary>
    public HashSet<int> WrongRows(Batch batch, float[] answers)
    {
        HashSet<int> wrong = [];
        for (int position = 0; position < answers.Length / OutputSize; position++)
        {
            ReadOnlySpan<float> target = batch.Targets.AsSpan(position * OutputSize, OutputSize);
            bool isInWord = target.IndexOf(1.0f) >= 0;
            for (int symbol = 0; isInWord && symbol < OutputSize; symbol++)
            {
                // A logit above 0 is a logistic output above 1/2; NaN is neither.
                float logit = answers[(position * OutputSize) + symbol];
                if (target[symbol] > 0.5f ? !(logit > 0.0f) : !(logit < 0.0f))
                {
                    wrong.Add(position % batch.SequenceCount);
                }
            }
        }

        return wrong;
    }
}
