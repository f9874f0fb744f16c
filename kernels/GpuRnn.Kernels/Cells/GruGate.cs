namespace GpuRnn.Kernels.Cells;

/// <summary>The blocks of a GRU's pre-activations and weights, in the order of PyTorch and cuDNN.</summary>
public enum GruGate
{
    /// <summary>r: how much of the old state the candidate sees.</summary>
    Reset = 0,

    /// <summary>z: how much of the old state stays.</summary>
    Update = 1,

    /// <summary>n: the candidate for the new state.</summary>
    New = 2,
}
