namespace GpuRnn.Devices.Sequences;

/// <summary>One node of a cell's step graph.</summary>
/// <param name="Name">Names the node in plans and errors.</param>
public abstract record StepNode(string Name)
{
    /// <summary>The ways in which the node's work may be divided.</summary>
    public abstract StepSplits Splits { get; }

    /// <summary>
    /// The node runs at the steps t whose number, counted from the sequence's first in either direction, is a multiple of it; 1 runs at every step.
    /// </summary>
    /// <remarks>
    /// Where a pointwise node does not run, the units of states that it would write keep what they held at t−1. The products that feed a node have its period.
    /// </remarks>
    public int Period { get; init; } = 1;

    /// <summary>True at the steps at which the node runs.</summary>
    public bool RunsAt(int step) => step % Period == 0;

    /// <summary>True when the node reads a whole sequence and so runs once for all steps, before the time loop.</summary>
    public virtual bool IsHoisted => false;
}
