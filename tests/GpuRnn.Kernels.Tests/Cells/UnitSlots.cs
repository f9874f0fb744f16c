using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tests.Cells;

/// <summary>The slots of one unit of one row in double precision; what a node sets is counted, so that twice or never is seen.</summary>
internal readonly struct UnitSlots : IStepSlots<F64>, IStepGradientSlots<F64>
{
    public const int Count = 6;

    public UnitSlots()
    {
    }

    public double[] Inputs { get; init; } = new double[Count];

    public double[] Products { get; init; } = new double[Count];

    public double[] States { get; init; } = new double[Count];

    public double[] NextStates { get; init; } = new double[Count];

    public double[] Values { get; init; } = new double[Count];

    public double[] Parameters { get; init; } = new double[Count];

    public double[] ParameterGradients { get; } = new double[Count];

    public double[] InputGradients { get; } = new double[Count];

    public double[] ProductGradients { get; } = new double[Count];

    public double[] StateGradients { get; } = new double[Count];

    public double[] NextStateGradients { get; init; } = new double[Count];

    public double[] ValueGradients { get; init; } = new double[Count];

    public int[] InputGradientsSet { get; } = new int[Count];

    public int[] ProductGradientsSet { get; } = new int[Count];

    public F64 Input(int slot) => new(Inputs[slot]);

    public F64 Product(int slot) => new(Products[slot]);

    public F64 State(int state) => new(States[state]);

    public F64 NextState(int state) => new(NextStates[state]);

    public F64 Value(int slot) => new(Values[slot]);

    public F64 Parameter(int slot) => new(Parameters[slot]);

    public void SetState(int state, F64 value) => NextStates[state] = value.Value;

    public void SetValue(int slot, F64 value) => Values[slot] = value.Value;

    public F64 StateGradient(int state) => new(NextStateGradients[state]);

    public F64 ValueGradient(int slot) => new(ValueGradients[slot]);

    public void SetInputGradient(int slot, F64 value)
    {
        InputGradients[slot] = value.Value;
        InputGradientsSet[slot]++;
    }

    public void SetProductGradient(int slot, F64 value)
    {
        ProductGradients[slot] = value.Value;
        ProductGradientsSet[slot]++;
    }

    public void AddStateGradient(int state, F64 value) => StateGradients[state] += value.Value;

    public void AddNextStateGradient(int state, F64 value) => NextStateGradients[state] += value.Value;

    public void AddValueGradient(int slot, F64 value) => ValueGradients[slot] += value.Value;

    public void AddParameterGradient(int slot, F64 value) => ParameterGradients[slot] += value.Value;
}
