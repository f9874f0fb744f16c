namespace GpuRnn.Devices.Sequences;

/// <summary>One node of a cell's step graph.</summary>
/// <param name="Name">Names the node in plans and errors.</param>
public abstract record StepNode(string Name)
{
    /// <summary>The ways in which the node's work may be divided.</summary>
    public abstract StepSplits Splits { get; }
}
