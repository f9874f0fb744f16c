namespace GpuRnn.Kernels.Cells;

/// <summary>The order of the gates' blocks in the depth-gated LSTM: the LSTM's, and the depth gate behind them.</summary>
public enum DepthGatedLstmGate
{
    /// <summary>i: how much of the candidate enters the cell state.</summary>
    Input = LstmGate.Input,

    /// <summary>f: how much of the old cell state stays.</summary>
    Forget = LstmGate.Forget,

    /// <summary>g: the candidate.</summary>
    Cell = LstmGate.Cell,

    /// <summary>o: how much of the cell state is shown.</summary>
    Output = LstmGate.Output,

    /// <summary>d: how much of the lower layer's cell state enters; it has no recurrent product.</summary>
    Depth = LstmGate.Output + 1,
}
