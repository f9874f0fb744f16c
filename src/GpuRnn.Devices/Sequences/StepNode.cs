namespace GpuRnn.Devices.Sequences;

/// <summary>One node of a cell's step graph.</summary>
/// <param name="Name">Names the node in plans and errors.</param>
public abstract record StepNode(string Name)
{
    /// <summary>The ways in which the node's work may be divided.</summary>
    public abstract StepSplits Splits { get; }

    /// <summary>True when the node reads a whole sequence and so runs once for all steps, before the time loop.</summary>
    public virtual bool IsHoisted => false;
}
