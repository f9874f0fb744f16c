using System;

namespace GpuRnn.Kernels.Persistent;

/// <summary>Which of a forward loop's optional arguments are there; the others are not read.</summary>
[Flags]
public enum ForwardOptions
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>The step's product has a bias.</summary>
    Bias = 1,

    /// <summary>State 0 begins with given numbers; otherwise with zeros.</summary>
    Initial0 = 2,

    /// <summary>The same for state 1.</summary>
    Initial1 = 4,

    /// <summary>The cell has a state 1.</summary>
    SecondState = 8,

    /// <summary>The values are written.</summary>
    KeepsValues = 16,
}
