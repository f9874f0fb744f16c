using System;

namespace GpuRnn.Kernels.Persistent;

/// <summary>Which of a backward loop's optional arguments are there; the others are neither read nor written.</summary>
[Flags]
public enum BackwardOptions
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>State 0 began with given numbers; otherwise with zeros.</summary>
    Initial0 = 1,

    /// <summary>The same for state 1.</summary>
    Initial1 = 2,

    /// <summary>The cell has a state 1.</summary>
    SecondState = 4,

    /// <summary>The history of state 0 has a gradient from outside the loop; otherwise zeros.</summary>
    StateGradients0 = 8,

    /// <summary>The same for state 1.</summary>
    StateGradients1 = 16,

    /// <summary>The final state 0 has a gradient; otherwise zeros.</summary>
    FinalGradients0 = 32,

    /// <summary>The same for state 1.</summary>
    FinalGradients1 = 64,

    /// <summary>The gradient of the initial state 0 is wanted.</summary>
    InitialGradients0 = 128,

    /// <summary>The same for state 1.</summary>
    InitialGradients1 = 256,

    /// <summary>The gradients of the step's product are wanted beside those of the inputs.</summary>
    ProductGradients = 512,
}
