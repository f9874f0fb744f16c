namespace GpuRnn.Kernels.Cells.Activations;

/// <summary>The activation functions that ONNX names for its recurrent operators.</summary>
public enum OnnxActivation
{
    /// <summary>α x + β.</summary>
    Affine,

    /// <summary>x where x &gt; 0, else 0.</summary>
    Relu,

    /// <summary>x where x &gt; 0, else α x.</summary>
    LeakyRelu,

    /// <summary>x where x ≥ α, else 0.</summary>
    ThresholdedRelu,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>α tanh(β x).</summary>
    ScaledTanh,

    /// <summary>1 / (1 + e^−x).</summary>
    Sigmoid,

    /// <summary>α x + β, no less than 0 and no more than 1.</summary>
    HardSigmoid,

    /// <summary>x where x &gt; 0, else α (e^x − 1).</summary>
    Elu,

    /// <summary>x / (1 + |x|).</summary>
    Softsign,

    /// <summary>log(1 + e^x).</summary>
    Softplus,
}
