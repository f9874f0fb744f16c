namespace GpuRnn.Devices.Sequences;

/// <summary>The kinds of row vector a product can read.</summary>
public enum StepSourceKind
{
    /// <summary>A whole sequence known before the time loop (x, or a state of the layer below); its product is hoisted.</summary>
    Sequence,

    /// <summary>A state of the cell at t−1.</summary>
    PreviousState,

    /// <summary>A state of the cell at t, written earlier in the step.</summary>
    CurrentState,

    /// <summary>A value written earlier in the step.</summary>
    Value,
}
