namespace GpuRnn.Devices.Sequences;

/// <summary>Where a product of a step graph takes its row vector from.</summary>
/// <param name="Kind">The kind of source.</param>
/// <param name="Index">The number of the sequence, state or value slot.</param>
public readonly record struct StepSource(StepSourceKind Kind, int Index)
{
    /// <summary>The layer's input x_t: sequence 0.</summary>
    public static StepSource Input => new(StepSourceKind.Sequence, 0);

    /// <summary>A sequence known before the time loop: 0 is x, k + 1 is state k of the layer below.</summary>
    public static StepSource Sequence(int index) => new(StepSourceKind.Sequence, index);

    /// <summary>State <paramref name="index"/> of the layer below at t, in the same direction; zeros below the first layer.</summary>
    public static StepSource StateBelow(int index) => Sequence(index + 1);

    /// <summary>State <paramref name="index"/> at t−1; also the output at t−1 when that state is the output.</summary>
    public static StepSource PreviousState(int index) => new(StepSourceKind.PreviousState, index);

    /// <summary>State <paramref name="index"/> at t, written by an earlier node of the same step.</summary>
    public static StepSource CurrentState(int index) => new(StepSourceKind.CurrentState, index);

    /// <summary>Value slot <paramref name="index"/>, written by an earlier node of the same step.</summary>
    public static StepSource Value(int index) => new(StepSourceKind.Value, index);
}
