namespace GpuRnn.Kernels.Cells;

/// <summary>The blocks of an LSTM's pre-activations and weights, in the order of PyTorch and cuDNN.</summary>
public enum LstmGate
{
    /// <summary>i: how much of the candidate enters the cell state.</summary>
    Input = 0,

    /// <summary>f: how much of the old cell state stays.</summary>
    Forget = 1,

    /// <summary>g: the candidate for the cell state.</summary>
    Cell = 2,

    /// <summary>o: how much of the cell state shows.</summary>
    Output = 3,
}
