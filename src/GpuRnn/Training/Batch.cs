using GpuRnn.Layers;

namespace GpuRnn.Training;

/// <summary>One training example set in host memory, as a batch source hands it out.</summary>
/// <remarks>
/// A model of several inputs has a kind of batch of its own, derived from this one. A source may refill and return the same object for every batch, so read it before asking for the next one.
/// </remarks>
public class Batch
{
    /// <summary>The model's input, row-major in <see cref="InputShape"/>.</summary>
    public required float[] Inputs { get; init; }

    /// <summary>Elements on each axis of the input, usually [T, B, I].</summary>
    public required int[] InputShape { get; init; }

    /// <summary>Which steps of the inputs are there; null when all are.</summary>
    public SequenceMask? Mask { get; init; }

    /// <summary>
    /// For each row, whether it goes on where the same row of the batch before ended: stateful layers then start there, and at zeros in other rows.
    /// Null where every row begins a sequence.
    /// </summary>
    public bool[]? Continues { get; init; }

    /// <summary>
    /// What the model's output is compared with, row-major in <see cref="TargetShape"/>; empty where classes are predicted.
    /// </summary>
    public float[] Targets { get; init; } = [];

    /// <summary>Elements on each axis of the targets; that of the model's output.</summary>
    public int[] TargetShape { get; init; } = [0];

    /// <summary>
    /// How much each target counts in the loss: one number for each row of the model's output or one for each element, 0 where there is no
    /// target. Null where all count alike, or where <see cref="OutputMask"/> says which are there.
    /// </summary>
    public float[]? TargetWeights { get; init; }

    /// <summary>Which steps of the model's output have targets, where the weights do not say it: those of the inputs unless told otherwise.</summary>
    public virtual SequenceMask? OutputMask => Mask;

    /// <summary>Class numbers, one for each row of the model's output; empty where values are predicted.</summary>
    public int[] Classes { get; init; } = [];

    /// <summary>Sequences in it: what "sequences a second" counts.</summary>
    public required int SequenceCount { get; init; }

    /// <summary>
    /// How much its loss counts in the mean over an epoch, and among several batches of a step, where the loss does not say itself over how many
    /// targets it is a mean (those of <see cref="Losses"/> do). Null for <see cref="SequenceCount"/>; a batch of 0 has nothing to learn from and is
    /// passed over.
    /// </summary>
    public double? LossWeight { get; init; }

    internal double Weight => LossWeight ?? SequenceCount;

    /// <summary>True where every row begins a sequence.</summary>
    internal bool BeginsAnew => Continues?.Contains(true) != true;

    /// <summary>Lets stateful layers go on in the rows where the batch does, and begin anew in the others.</summary>
    internal void Continue(Module model)
    {
        // Rows that all begin need not be as many as those of the batch before.
        if (BeginsAnew)
        {
            model.ResetState();
        }
        else
        {
            model.ResetState([.. Continues!.Select(goesOn => !goesOn)]);
        }
    }
}
