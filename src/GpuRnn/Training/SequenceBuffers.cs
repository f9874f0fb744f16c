namespace GpuRnn.Training;

/// <summary>The arrays of batches of one shape.</summary>
/// <param name="Inputs">[T, B, I].</param>
/// <param name="Targets">Values to predict; none where classes are.</param>
/// <param name="Classes">Classes to predict; none where values are.</param>
internal sealed record SequenceBuffers(float[] Inputs, float[] Targets, int[] Classes);
