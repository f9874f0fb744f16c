using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The elementwise part of one GRU time step whose reset gate acts after the recurrent product.</summary>
/// <remarks>
/// <para>With x_k = (W_ih x_t + b_ih)_k and p_k = (W_hh h_(t−1) + b_hh)_k for the gates k = r, z, n of <see cref="GruGate"/>:</para>
/// <para>r = σ(x_r + p_r), z = σ(x_z + p_z), n = tanh(x_n + r p_n); h_t = (1 − z) n + z h_(t−1), computed as n + z (h_(t−1) − n).</para>
/// <para>
/// Source: Cho et al. (2014) in the variant of cuDNN and PyTorch, which moves the reset gate behind the product. Slots: inputs and
/// products 0..2 = the gates, state 0 = h, values 0..2 = r, z, n and value 3 = p_n, which the gradient of r needs.
/// </para>
/// <para>
/// Backward, with d = dL/dh_t: dn = d (1 − z) (1 − n²) to x_n, dn r to p_n, dn p_n r (1 − r) to both of r; d (h_(t−1) − n) z (1 − z)
/// to both of z; d z to h_(t−1), beside what the products bring there.
/// </para>
/// </remarks>
public readonly struct GruNode : IStepNode
{
    private const int Hidden = 0;
    private const int NewProduct = 3;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T previous = slots.State(Hidden);
        T newProduct = slots.Product((int)GruGate.New);
        T reset = T.Sigmoid(slots.Input((int)GruGate.Reset) + slots.Product((int)GruGate.Reset));
        T update = T.Sigmoid(slots.Input((int)GruGate.Update) + slots.Product((int)GruGate.Update));
        T candidate = T.Tanh(T.MultiplyAdd(reset, newProduct, slots.Input((int)GruGate.New)));

        slots.SetValue((int)GruGate.Reset, reset);
        slots.SetValue((int)GruGate.Update, update);
        slots.SetValue((int)GruGate.New, candidate);
        slots.SetValue(NewProduct, newProduct);
        slots.SetState(Hidden, T.MultiplyAdd(update, previous - candidate, candidate));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T reset = slots.Value((int)GruGate.Reset);
        T update = slots.Value((int)GruGate.Update);
        T candidate = slots.Value((int)GruGate.New);
        T gradient = slots.StateGradient(Hidden);

        T candidateGradient = TanhActivation.Backward(candidate, gradient * (T.One - update));
        T resetGradient = SigmoidActivation.Backward(reset, candidateGradient * slots.Value(NewProduct));
        T updateGradient = SigmoidActivation.Backward(update, gradient * (slots.State(Hidden) - candidate));

        slots.SetInputGradient((int)GruGate.Reset, resetGradient);
        slots.SetProductGradient((int)GruGate.Reset, resetGradient);
        slots.SetInputGradient((int)GruGate.Update, updateGradient);
        slots.SetProductGradient((int)GruGate.Update, updateGradient);
        slots.SetInputGradient((int)GruGate.New, candidateGradient);
        slots.SetProductGradient((int)GruGate.New, candidateGradient * reset);
        slots.AddStateGradient(Hidden, gradient * update);
    }
}
