namespace GpuRnn.Devices.Sequences;

/// <summary>How far the factors of matrix products may be rounded; sums, states and everything stored stay in single precision.</summary>
public enum ProductPrecision
{
    /// <summary>Not at all: 24 significant bits.</summary>
    Single = 0,

    /// <summary>To TF32: 11 significant bits, the exponent of single precision. Source: NVIDIA A100 white paper (2020).</summary>
    TensorFloat32 = 1,

    /// <summary>To bfloat16: 8 significant bits, the exponent of single precision.</summary>
    BFloat16 = 2,
}
