using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Derivatives;

/// <summary>Slots that write down what a step function reads and what it writes.</summary>
internal readonly struct TracedSlots(StepTrace trace) : IStepSlots<Traced>
{
    /// <inheritdoc/>
    public Traced Input(int slot) => trace.Read(TermKind.Input, slot);

    /// <inheritdoc/>
    public Traced Product(int slot) => trace.Read(TermKind.Product, slot);

    /// <inheritdoc/>
    public Traced State(int state) => trace.Read(TermKind.State, state);

    /// <inheritdoc/>
    public Traced NextState(int state) => trace.Read(TermKind.NextState, state);

    /// <inheritdoc/>
    public Traced Value(int slot) => trace.Read(TermKind.Value, slot);

    /// <inheritdoc/>
    public Traced Parameter(int slot) => trace.Read(TermKind.Parameter, slot);

    /// <inheritdoc/>
    public void SetState(int state, Traced value) => trace.Write(TermKind.NextState, state, value);

    /// <inheritdoc/>
    public void SetValue(int slot, Traced value) => trace.Write(TermKind.Value, slot, value);
}
