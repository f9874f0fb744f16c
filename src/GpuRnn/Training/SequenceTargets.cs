namespace GpuRnn.Training;

/// <summary>What is to be predicted for sequences of different lengths: a class or values, for each sequence or for each step.</summary>
/// <param name="Classes">For each sequence, one class or one for each step; none where values are predicted.</param>
/// <param name="Values">For each sequence, [width] or [length, width]; none where classes are predicted.</param>
/// <param name="Width">Values of one target.</param>
/// <param name="IsPerStep">True for a target for each step.</param>
internal sealed record SequenceTargets(int[][]? Classes, float[][]? Values, int Width, bool IsPerStep)
{
    /// <summary>Sequences that have a target.</summary>
    public int Count => Classes?.Length ?? Values!.Length;

    /// <summary>Numbers that a sequence must have as its target.</summary>
    public long Needed(int length)
    {
        return (IsPerStep ? length : 1L) * (Classes is null ? Width : 1);
    }

    /// <summary>Numbers that a sequence has as its target.</summary>
    public int Arrived(int sequence)
    {
        return Classes?[sequence].Length ?? Values![sequence].Length;
    }
}
