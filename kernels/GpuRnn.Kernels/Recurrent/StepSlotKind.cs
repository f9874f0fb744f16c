namespace GpuRnn.Kernels.Recurrent;

/// <summary>What a slot of a step node holds; the order of the sections of a <see cref="StepSlotTable"/>.</summary>
public enum StepSlotKind
{
    /// <summary>A block of the hoisted products; in the view <c>inputs</c>, rows from <c>inputRow</c> on.</summary>
    Input = 0,

    /// <summary>A block of the step's products; in the view <c>products</c>, rows from 0 on.</summary>
    Product = 1,

    /// <summary>A state at t−1; in the view <c>states</c>, rows from <c>previousRow</c> on.</summary>
    PreviousState = 2,

    /// <summary>A state at t; in the view <c>states</c>, rows from <c>nextRow</c> on.</summary>
    NextState = 3,

    /// <summary>A value of the step; in the view <c>values</c>, rows from <c>valueRow</c> on.</summary>
    Value = 4,

    /// <summary>A learned per-unit vector; in the view <c>parameters</c>. Its row stride is 0.</summary>
    Parameter = 5,

    /// <summary>The gradient of a hoisted block; in the view <c>inputGradients</c>, rows from <c>inputRow</c> on.</summary>
    InputGradient = 6,

    /// <summary>The gradient of a product block; in the view <c>productGradients</c>, rows from <c>productRow</c> on.</summary>
    ProductGradient = 7,

    /// <summary>The gradient of a state at t−1; in the view <c>stateGradients</c>, rows from 0 on.</summary>
    PreviousStateGradient = 8,

    /// <summary>The gradient of a state at t; in the view <c>stateGradients</c>, rows from 0 on.</summary>
    NextStateGradient = 9,

    /// <summary>The gradient of a value; in the view <c>valueGradients</c>, rows from 0 on.</summary>
    ValueGradient = 10,

    /// <summary>The gradient of a learned vector, one for each row; in the view <c>parameterGradients</c>, rows from 0 on.</summary>
    ParameterGradient = 11,

    /// <summary>A state before the loop; each state in a view of its own, one row for each row of the batch.</summary>
    InitialState = 12,
}
