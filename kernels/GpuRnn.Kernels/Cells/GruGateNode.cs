using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The gates of a GRU whose reset gate acts before the recurrent product; <see cref="GruCandidateNode"/> follows it.</summary>
/// <remarks>
/// <para>r = σ(x_r + p_r), z = σ(x_z + p_z), and s = r h_(t−1), from which the next product makes W_hn s + b_hn.</para>
/// <para>
/// Source: Cho et al. (2014), "Learning phrase representations using RNN encoder–decoder", equations 5 and 6, with PyTorch's biases and
/// gate order. Slots: inputs and products 0..1 = r, z; state 0 = h, read only; values 0, 1 = r, z and value 2 = s.
/// </para>
/// <para>
/// Backward: dL/ds arrives from the product that read s, dL/dz from the candidate. d_s h_(t−1) r (1 − r) goes to r, d_z z (1 − z) to z,
/// d_s r to h_(t−1).
/// </para>
/// </remarks>
public readonly struct GruGateNode : ISeparateStepNode
{
    private const int Hidden = 0;
    private const int ResetHidden = 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T reset = T.Sigmoid(slots.Input((int)GruGate.Reset) + slots.Product((int)GruGate.Reset));
        T update = T.Sigmoid(slots.Input((int)GruGate.Update) + slots.Product((int)GruGate.Update));

        slots.SetValue((int)GruGate.Reset, reset);
        slots.SetValue((int)GruGate.Update, update);
        slots.SetValue(ResetHidden, reset * slots.State(Hidden));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T reset = slots.Value((int)GruGate.Reset);
        T update = slots.Value((int)GruGate.Update);
        T resetHiddenGradient = slots.ValueGradient(ResetHidden);

        T resetGradient = SigmoidActivation.Backward(reset, resetHiddenGradient * slots.State(Hidden));
        T updateGradient = SigmoidActivation.Backward(update, slots.ValueGradient((int)GruGate.Update));

        slots.SetInputGradient((int)GruGate.Reset, resetGradient);
        slots.SetProductGradient((int)GruGate.Reset, resetGradient);
        slots.SetInputGradient((int)GruGate.Update, updateGradient);
        slots.SetProductGradient((int)GruGate.Update, updateGradient);
        slots.AddStateGradient(Hidden, resetHiddenGradient * reset);
    }
}
