using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Evaluation;

/// <summary>How often each class was taken for each, and the shares that follow from it.</summary>
/// <remarks>What is said is the class of the largest logit, the first of equal ones. Targets of <see cref="Losses.DefaultIgnoreIndex"/> are not counted. Not thread-safe.</remarks>
public sealed class ConfusionMatrix
{
    private readonly int[][] _counts;

    /// <summary>Begins with nothing counted.</summary>
    /// <param name="classCount">V, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public ConfusionMatrix(int classCount)
    {
        ArgumentCheck.AtLeast(classCount, 1, nameof(ConfusionMatrix), nameof(classCount), "the number of classes");
        _counts = [.. Enumerable.Range(0, classCount).Select(_ => new int[classCount])];
    }

    /// <summary>For each true class, how often each class was said: the form that <see cref="Plots.MatrixChart.Confusion"/> draws.</summary>
    public IReadOnlyList<int[]> Counts => _counts;

    /// <summary>V.</summary>
    public int ClassCount => _counts.Length;

    /// <summary>Targets counted.</summary>
    public long Total => _counts.Sum(row => row.Sum(count => (long)count));

    /// <summary>Targets whose class was said.</summary>
    public long Right => Enumerable.Range(0, ClassCount).Sum(i => (long)_counts[i][i]);

    /// <summary>The share that is right, 0 to 1; NaN where nothing was counted.</summary>
    public double Accuracy => (double)Right / Total;

    /// <summary>Runs a model over a source in evaluation mode, whose mode and carried states are put back at the end, and counts every target.</summary>
    /// <param name="model">Gives a row of V logits for each of a batch's <see cref="Batch.Classes"/>.</param>
    /// <param name="source">Its batches are read once, in their present order.</param>
    /// <param name="classCount">V.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    /// <exception cref="ShapeException">The model's rows are not as many as the classes, or not V long.</exception>
    /// <exception cref="ArgumentException">A logit that counts is NaN, or a class is not one of the V.</exception>
    public static ConfusionMatrix Of(Layer model, IBatchSource source, int classCount)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        ConfusionMatrix result = new(classCount);
        using EvaluationScope scope = new(model);
        using Tape tape = Tape.Inference(model.Device);
        for (int i = 0; i < source.BatchCount; i++)
        {
            Batch batch = source.GetBatch(i);
            batch.Continue(model);
            Tensor logits = model.Forward(tape, tape.Input(batch.Inputs, batch.InputShape), batch.Mask);
            if (logits.Rank == 0 || logits.Shape[^1] != classCount)
            {
                throw new ShapeException(
                    $"ConfusionMatrix.Of: the model gives {Tensor.Describe(logits.Shape)}, but a last axis of {classCount} classes is needed. Pass the model's number of classes.");
            }

            result.Add(logits.ToArray(), batch.Classes);
            tape.Reset();
        }

        return result;
    }

    /// <summary>Counts one answer.</summary>
    /// <param name="truth">What was right, 0 to V − 1.</param>
    /// <param name="said">What was said, 0 to V − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is no class.</exception>
    public void Add(int truth, int said)
    {
        RequireClass(truth, nameof(truth));
        RequireClass(said, nameof(said));
        _counts[truth][said]++;
    }

    /// <summary>Counts a row of logits for each class.</summary>
    /// <param name="logits">[N, V].</param>
    /// <param name="classes">[N]; rows of <see cref="Losses.DefaultIgnoreIndex"/> are passed over, whatever they hold.</param>
    /// <exception cref="ShapeException">There are not V logits for each class.</exception>
    /// <exception cref="ArgumentException">A logit that counts is NaN, or a class is not one of the V.</exception>
    public void Add(ReadOnlySpan<float> logits, ReadOnlySpan<int> classes)
    {
        if (logits.Length != (long)classes.Length * ClassCount)
        {
            throw new ShapeException(
                $"ConfusionMatrix.Add: {logits.Length} logits arrived for {classes.Length} targets of {ClassCount} classes, but {(long)classes.Length * ClassCount} are needed. Pass a row of logits for each target.");
        }

        for (int row = 0; row < classes.Length; row++)
        {
            if (classes[row] == Losses.DefaultIgnoreIndex)
            {
                continue;
            }

            ReadOnlySpan<float> own = logits.Slice(row * ClassCount, ClassCount);
            foreach (float logit in own)
            {
                if (float.IsNaN(logit))
                {
                    throw new ArgumentException(
                        $"ConfusionMatrix.Add: a logit of row {row} is NaN, but a number is needed to tell the largest. Look for NaN in the model.", nameof(logits));
                }
            }

            Add(classes[row], LogProbabilities.Largest(own));
        }
    }

    /// <summary>Of the answers of a class, the share that is right; NaN where the class was never said.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no class.</exception>
    public double Precision(int number)
    {
        RequireClass(number, nameof(number));
        return (double)_counts[number][number] / _counts.Sum(row => (long)row[number]);
    }

    /// <summary>Of the targets of a class, the share that was said; NaN where the class is no target.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no class.</exception>
    public double Recall(int number)
    {
        RequireClass(number, nameof(number));
        return (double)_counts[number][number] / _counts[number].Sum(count => (long)count);
    }

    /// <summary>The harmonic mean of precision and recall (van Rijsbergen 1979), 2·right / (said + targets); NaN where the class is neither said nor a target.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no class.</exception>
    public double F1(int number)
    {
        RequireClass(number, nameof(number));
        return 2.0 * _counts[number][number] / (_counts.Sum(row => (long)row[number]) + _counts[number].Sum(count => (long)count));
    }

    private void RequireClass(int number, string name)
    {
        if ((uint)number >= (uint)ClassCount)
        {
            throw new ArgumentOutOfRangeException(
                name, $"ConfusionMatrix: {name} is {number}, but must be one of the classes 0 to {ClassCount - 1}. Pass the number of a class.");
        }
    }
}
