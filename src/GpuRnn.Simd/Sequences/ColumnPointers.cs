namespace GpuRnn.Simd.Sequences;

/// <summary>What belongs to neighbouring units of a normalisation over rows; each pointer is at the first of them.</summary>
internal unsafe struct ColumnPointers
{
    /// <summary>Whose statistics are used.</summary>
    public ColumnMode Mode;

    /// <summary>Gains.</summary>
    public float* Gain;

    /// <summary>Shifts, or null.</summary>
    public float* Shift;

    /// <summary>Running means, where there are any.</summary>
    public float* Means;

    /// <summary>Running variances, where there are any.</summary>
    public float* Variances;

    /// <summary>Receives 1/√(variance + ε).</summary>
    public float* Factors;

    /// <summary>The step's rows before gain and shift; no base where nothing is kept. Its units count as those of the source.</summary>
    public RowPointer Normalised;

    /// <summary>Gradients of the gains.</summary>
    public float* GainGradients;

    /// <summary>Gradients of the shifts, or null.</summary>
    public float* ShiftGradients;
}
