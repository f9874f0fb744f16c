namespace GpuRnn.Devices.Sequences;

/// <summary>A sequence's own elements in an input slot, so that a pointwise node reads them unit by unit without a weight.</summary>
/// <param name="Name">Names the node in plans and errors.</param>
/// <param name="Source">The sequence: x, or a state of the layer below.</param>
/// <param name="Width">Elements a row of the sequence; equal to the units of the node that reads it.</param>
/// <param name="FirstSlot">The number of the input slot; hoisted products and these nodes count on together.</param>
/// <remarks>It runs before the time loop, as hoisted products do: executors find the elements among their inputs.</remarks>
public sealed record SequenceNode(string Name, StepSource Source, int Width, int FirstSlot) : StepNode(Name)
{
    /// <inheritdoc/>
    public override bool IsHoisted => true;

    /// <inheritdoc/>
    public override StepSplits Splits => StepSplits.Both;
}
