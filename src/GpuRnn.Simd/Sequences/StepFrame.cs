namespace GpuRnn.Simd.Sequences;

/// <summary>Where one worker finds every slot of the current step; tables of one entry a slot, in native memory.</summary>
internal unsafe struct StepFrame
{
    /// <summary>Hoisted products by input slot.</summary>
    public RowPointer* Inputs;

    /// <summary>States at t−1.</summary>
    public RowPointer* PreviousStates;

    /// <summary>States at t.</summary>
    public RowPointer* NextStates;

    /// <summary>Values of the step.</summary>
    public RowPointer* Values;

    /// <summary>Learned per-unit vectors.</summary>
    public RowPointer* Parameters;

    /// <summary>Offset of each input slot in a row of inputs, in elements, where an inference pass finds all of them in one row.</summary>
    public int* InputOffsets;

    /// <summary>Offset of each product slot in a row of the scratch tile, in elements.</summary>
    public int* ProductOffsets;

    /// <summary>Gradients of the states at t that come from later steps and nodes.</summary>
    public RowPointer* StateGradients;

    /// <summary>Gradients of the states at t from outside the loop.</summary>
    public RowPointer* OuterGradients;

    /// <summary>Gradients of the states at t−1.</summary>
    public RowPointer* PreviousGradients;

    /// <summary>Gradients of the values.</summary>
    public RowPointer* ValueGradients;

    /// <summary>Gradients of the hoisted products by input slot.</summary>
    public RowPointer* InputGradients;

    /// <summary>Gradients of the step products by product slot.</summary>
    public RowPointer* ProductGradients;

    /// <summary>This worker's sums of the gradients of the learned vectors.</summary>
    public RowPointer* ParameterGradients;
}
