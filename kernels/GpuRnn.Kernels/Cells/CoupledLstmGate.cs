namespace GpuRnn.Kernels.Cells;

/// <summary>The blocks of the pre-activations and weights of an LSTM with coupled gates: those of the LSTM without the input gate.</summary>
public enum CoupledLstmGate
{
    /// <summary>f: how much of the old cell state stays; 1 − f of the candidate comes in.</summary>
    Forget = 0,

    /// <summary>g: the candidate for the cell state.</summary>
    Cell = 1,

    /// <summary>o: how much of the cell state is shown.</summary>
    Output = 2,
}
