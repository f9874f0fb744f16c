using GpuRnn.Training;

namespace GpuRnn.Experiments.Sequences;

/// <summary>Builds batches whose steps are symbols, one of which is 1 in each input row and the others 0.</summary>
internal static class Symbols
{
    /// <summary>The class of a step that has no answer to give.</summary>
    public const int NoAnswer = Losses.DefaultIgnoreIndex;

    /// <summary>A batch of sequences, the shorter ones beginning later: their first steps are zeros without an answer.</summary>
    /// <param name="sequences">For each row its symbols.</param>
    /// <param name="timeSteps">T, at least the longest sequence.</param>
    /// <param name="symbolCount">I.</param>
    /// <param name="answers">For each row a class a step, or a single one for the whole sequence.</param>
    public static Batch Batch(IReadOnlyList<int[]> sequences, int timeSteps, int symbolCount, IReadOnlyList<int[]> answers)
    {
        int count = sequences.Count;
        float[] inputs = new float[timeSteps * count * symbolCount];
        bool isOneEach = answers[0].Length == 1;
        int[] classes = new int[isOneEach ? count : timeSteps * count];
        Array.Fill(classes, NoAnswer);
        for (int row = 0; row < count; row++)
        {
            int first = timeSteps - sequences[row].Length;
            for (int step = 0; step < sequences[row].Length; step++)
            {
                int position = ((first + step) * count) + row;
                inputs[(position * symbolCount) + sequences[row][step]] = 1.0f;
                classes[isOneEach ? row : position] = answers[row][isOneEach ? 0 : step];
            }
        }

        return new Batch { Inputs = inputs, InputShape = [timeSteps, count, symbolCount], Classes = classes, SequenceCount = count };
    }

    /// <summary>The rows of which some answer is not the class that the model finds most likely.</summary>
    public static int CountWrong(Batch batch, float[] logits, int classCount)
    {
        HashSet<int> wrong = [];
        for (int position = 0; position < batch.Classes.Length; position++)
        {
            ReadOnlySpan<float> row = logits.AsSpan(position * classCount, classCount);
            if (batch.Classes[position] != NoAnswer && !IsLargest(row, batch.Classes[position]))
            {
                wrong.Add(position % batch.SequenceCount);
            }
        }

        return wrong.Count;
    }

    // A NaN is larger than nothing, so that a model of NaN is wrong.
    private static bool IsLargest(ReadOnlySpan<float> logits, int number)
    {
        for (int other = 0; other < logits.Length; other++)
        {
            if (other != number && !(logits[number] > logits[other]))
            {
                return false;
            }
        }

        return true;
    }
}
