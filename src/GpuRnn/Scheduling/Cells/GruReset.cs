namespace GpuRnn.Scheduling.Cells;

/// <summary>Where a GRU applies its reset gate.</summary>
public enum GruReset
{
    /// <summary>After the recurrent product, as PyTorch and cuDNN do: n = tanh(x_n + r (W_hn h + b_hn)).</summary>
    AfterProduct,

    /// <summary>Before the recurrent product, as Cho et al. (2014) do: n = tanh(x_n + W_hn (r h) + b_hn).</summary>
    BeforeProduct,
}
