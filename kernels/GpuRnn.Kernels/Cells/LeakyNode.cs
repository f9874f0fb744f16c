using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Cells.LeakRates;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The leaky-integrator unit: h_t = (1 − α) h_(t−1) + α tanh(a), with a = W_ih x_t + b_ih + W_hh h_(t−1) + b_hh.</summary>
/// <typeparam name="TRate">How α follows from the number kept for the unit: fixed or learned.</typeparam>
/// <remarks>
/// <para>
/// Source: Jaeger, Lukoševičius, Popovici and Siewert (2007), "Optimization and applications of echo state networks with leaky-integrator
/// neurons", with the leak outside the activation and γ = 1; the unit itself is older (Mozer 1992, "Induction of multiscale temporal
/// structure"). Computed as h_(t−1) + α (n − h_(t−1)), n = tanh(a). Slots: input 0, product 0, state 0 = h, value 0 = n, parameter 0 = what
/// gives α.
/// </para>
/// <para>
/// Backward, with d = dL/dh_t: d α (1 − n²) to both pre-activations, d (1 − α) to h_(t−1) beside what the product brings there,
/// d (n − h_(t−1)) to α.
/// </para>
/// </remarks>
public readonly struct LeakyNode<TRate> : IStepNode
    where TRate : struct, ILeakRate
{
    private const int Hidden = 0;
    private const int Block = 0;
    private const int Candidate = 0;
    private const int Rate = 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T previous = slots.State(Hidden);
        T candidate = T.Tanh(slots.Input(Block) + slots.Product(Block));

        slots.SetValue(Candidate, candidate);
        slots.SetState(Hidden, T.MultiplyAdd(TRate.Forward(slots.Parameter(Rate)), candidate - previous, previous));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T rate = TRate.Forward(slots.Parameter(Rate));
        T candidate = slots.Value(Candidate);
        T gradient = slots.StateGradient(Hidden);

        T candidateGradient = TanhActivation.Backward(candidate, gradient * rate);

        slots.SetInputGradient(Block, candidateGradient);
        slots.SetProductGradient(Block, candidateGradient);
        slots.AddStateGradient(Hidden, gradient * (T.One - rate));
        slots.AddParameterGradient(Rate, TRate.Backward(rate, gradient * (candidate - slots.State(Hidden))));
    }
}
