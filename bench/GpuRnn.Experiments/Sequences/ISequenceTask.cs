using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Sequences;

/// <summary>A made-up task: it draws as many sequences as are asked for, and says which answers are right.</summary>
internal interface ISequenceTask
{
    /// <summary>I.</summary>
    int InputSize { get; }

    /// <summary>Elements of an answer.</summary>
    int OutputSize { get; }

    /// <summary>True for one answer after the last step, false for one a step.</summary>
    bool AnswersAtTheEnd { get; }

    /// <summary>What training makes small.</summary>
    LossFunction Loss { get; }

    /// <summary>Draws sequences of which all are equally likely.</summary>
    Batch Draw(RandomSource random, int count);

    /// <summary>How many sequences of a batch are answered wrongly.</summary>
    /// <param name="batch">As drawn.</param>
    /// <param name="answers">The model's output, [B, outputSize] or [T, B, outputSize].</param>
    int CountWrong(Batch batch, float[] answers);
}
