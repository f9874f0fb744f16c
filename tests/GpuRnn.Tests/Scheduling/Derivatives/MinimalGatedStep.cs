// <example:OneFunction>
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling.Derivatives;

/// <summary>f = σ(x_f + p_f); n = tanh(x_n + f p_n); h_t = (1 − f) h_(t−1) + f n.</summary>
public readonly struct MinimalGatedStep : IStepFunction
{
    private const int Forget = 0;
    private const int New = 1;
    private const int Hidden = 0;

    public static Cell Cell { get; } = AutomaticCell.Create<MinimalGatedStep>("minimal-gated");

    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T previous = slots.State(Hidden);
        T forget = T.Sigmoid(slots.Input(Forget) + slots.Product(Forget));
        T candidate = T.Tanh(slots.Input(New) + (forget * slots.Product(New)));
        slots.SetState(Hidden, previous + (forget * (candidate - previous)));
    }
}

// </example:OneFunction>
