namespace GpuRnn.Devices.Sequences;

/// <summary>Random factors in an input slot, drawn anew for each forward pass: 0 with a probability, else a fixed factor.</summary>
/// <param name="Name">Names the node in plans and errors.</param>
/// <param name="DropProbability">The probability of 0, in [0, 1).</param>
/// <param name="KeptFactor">The factor of all others.</param>
/// <param name="IsPerSequence">True where a row keeps its factors for all its steps, false where each step has its own.</param>
/// <param name="Width">Factors a row; equal to the units of the node that reads them.</param>
/// <param name="FirstSlot">The number of the input slot; hoisted products, sequence nodes and these count on together.</param>
/// <remarks>
/// It runs before the time loop: executors find the factors among their inputs. A factor has no gradient, so the backward pass of a node
/// need not set that of the slot.
/// </remarks>
public sealed record MaskNode(string Name, float DropProbability, float KeptFactor, bool IsPerSequence, int Width, int FirstSlot) : StepNode(Name)
{
    /// <inheritdoc/>
    public override bool IsHoisted => true;

    /// <inheritdoc/>
    public override StepSplits Splits => StepSplits.Both;
}
