namespace GpuRnn.Scheduling.Derivatives;

/// <summary>What a term of a step function is: a number, something read from a slot, or an operation of <c>IReal</c>.</summary>
internal enum TermKind
{
    /// <summary>A single-precision constant.</summary>
    Constant,

    /// <summary>An input slot.</summary>
    Input,

    /// <summary>A block of the step's products.</summary>
    Product,

    /// <summary>A state at t−1.</summary>
    State,

    /// <summary>A state at t.</summary>
    NextState,

    /// <summary>A value of this step.</summary>
    Value,

    /// <summary>A vector, one number a unit.</summary>
    Parameter,

    /// <summary>The gradient of a state at t.</summary>
    StateGradient,

    /// <summary>The gradient of a value.</summary>
    ValueGradient,

    /// <summary>Left plus right.</summary>
    Add,

    /// <summary>Left minus right.</summary>
    Subtract,

    /// <summary>Left times right.</summary>
    Multiply,

    /// <summary>Left over right.</summary>
    Divide,

    /// <summary>The sign turned.</summary>
    Negate,

    /// <summary>Left times right plus a third, rounded once.</summary>
    MultiplyAdd,

    /// <summary>The magnitude.</summary>
    Abs,

    /// <summary>The larger one.</summary>
    Max,

    /// <summary>The smaller one.</summary>
    Min,

    /// <summary>The square root.</summary>
    Sqrt,

    /// <summary>e to the power.</summary>
    Exp,

    /// <summary>The natural logarithm.</summary>
    Log,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>The logistic function.</summary>
    Sigmoid,

    /// <summary>The third where the first is greater than the second, else the fourth.</summary>
    SelectGreater,
}
