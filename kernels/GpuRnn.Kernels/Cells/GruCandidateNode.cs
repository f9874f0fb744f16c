using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>
/// The candidate and new state of a GRU whose reset gate acts before the recurrent product; follows <see cref="GruGateNode"/>.
/// </summary>
/// <remarks>
/// <para>n = tanh(x_n + W_hn (r h_(t−1)) + b_hn); h_t = (1 − z) n + z h_(t−1), computed as n + z (h_(t−1) − n).</para>
/// <para>
/// Source: Cho et al. (2014), equations 7 and 8; z keeps the old state, as in PyTorch. Slots: input 2, product 2 (read from value 2 of the
/// gate node), value 1 = z, value 3 = n, state 0 = h.
/// </para>
/// <para>Backward, with d = dL/dh_t: d (1 − z) (1 − n²) to x_n and the product, d (h_(t−1) − n) to z, d z to h_(t−1).</para>
/// </remarks>
public readonly struct GruCandidateNode : ISeparateStepNode
{
    private const int Hidden = 0;
    private const int Candidate = 3;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T candidate = T.Tanh(slots.Input((int)GruGate.New) + slots.Product((int)GruGate.New));
        T update = slots.Value((int)GruGate.Update);

        slots.SetValue(Candidate, candidate);
        slots.SetState(Hidden, T.MultiplyAdd(update, slots.State(Hidden) - candidate, candidate));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T candidate = slots.Value(Candidate);
        T update = slots.Value((int)GruGate.Update);
        T gradient = slots.StateGradient(Hidden);

        T candidateGradient = TanhActivation.Backward(candidate, gradient * (T.One - update));

        slots.SetInputGradient((int)GruGate.New, candidateGradient);
        slots.SetProductGradient((int)GruGate.New, candidateGradient);
        slots.AddValueGradient((int)GruGate.Update, gradient * (slots.State(Hidden) - candidate));
        slots.AddStateGradient(Hidden, gradient * update);
    }
}
