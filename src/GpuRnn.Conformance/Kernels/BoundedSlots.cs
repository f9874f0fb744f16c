using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The slots of one unit of one row: what a node reads comes from the arrays of a trial, what it writes is kept.</summary>
/// <param name="read">The slot of a kind as it is in memory.</param>
/// <param name="written">Receives what the node sets or adds to.</param>
internal readonly struct BoundedSlots(Func<StepSlotKind, int, Bounded> read, Dictionary<(StepSlotKind Kind, int Slot), Bounded> written)
    : IStepSlots<Bounded>, IStepGradientSlots<Bounded>
{
    public Bounded Input(int slot) => Get(StepSlotKind.Input, slot);

    public Bounded Product(int slot) => Get(StepSlotKind.Product, slot);

    public Bounded State(int state) => Get(StepSlotKind.PreviousState, state);

    public Bounded NextState(int state) => Get(StepSlotKind.NextState, state);

    public Bounded Value(int slot) => Get(StepSlotKind.Value, slot);

    public Bounded Parameter(int slot) => Get(StepSlotKind.Parameter, slot);

    public Bounded StateGradient(int state) => Get(StepSlotKind.NextStateGradient, state);

    public Bounded ValueGradient(int slot) => Get(StepSlotKind.ValueGradient, slot);

    public void SetState(int state, Bounded value) => written[(StepSlotKind.NextState, state)] = value;

    public void SetValue(int slot, Bounded value) => written[(StepSlotKind.Value, slot)] = value;

    public void SetInputGradient(int slot, Bounded value) => written[(StepSlotKind.InputGradient, slot)] = value;

    public void SetProductGradient(int slot, Bounded value) => written[(StepSlotKind.ProductGradient, slot)] = value;

    public void AddStateGradient(int state, Bounded value) => Add(StepSlotKind.PreviousStateGradient, state, value);

    public void AddNextStateGradient(int state, Bounded value) => Add(StepSlotKind.NextStateGradient, state, value);

    public void AddValueGradient(int slot, Bounded value) => Add(StepSlotKind.ValueGradient, slot, value);

    public void AddParameterGradient(int slot, Bounded value) => Add(StepSlotKind.ParameterGradient, slot, value);

    private Bounded Get(StepSlotKind kind, int slot) => written.TryGetValue((kind, slot), out Bounded value) ? value : read(kind, slot);

    private void Add(StepSlotKind kind, int slot, Bounded value) => written[(kind, slot)] = Get(kind, slot) + value;
}
