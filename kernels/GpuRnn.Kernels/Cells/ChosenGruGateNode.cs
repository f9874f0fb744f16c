using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The gates of <see cref="GruGateNode"/> whose activation and clip are constants of the layer; <see cref="ChosenGruCandidateNode"/> follows it.</summary>
/// <remarks>
/// r, z = f(clip_q(x_k + p_k)), s = r h_(t−1). Source: ONNX's GRU. Slots as in <see cref="GruGateNode"/>, and values 4 and 5 are the clipped
/// pre-activations of r and z; vectors of <see cref="ChosenVectors"/>, the first function.
/// </remarks>
public readonly struct ChosenGruGateNode : ISeparateStepNode
{
    private const int Hidden = 0;
    private const int ResetHidden = 2;
    private const int FirstSum = 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T limit = slots.Parameter(ChosenVectors.Clip);
        T kind = slots.Parameter(ChosenVectors.First);
        T alpha = slots.Parameter(ChosenVectors.First + 1);
        T beta = slots.Parameter(ChosenVectors.First + 2);
        T resetSum = ChosenActivation.Clip(slots.Input((int)GruGate.Reset) + slots.Product((int)GruGate.Reset), limit);
        T updateSum = ChosenActivation.Clip(slots.Input((int)GruGate.Update) + slots.Product((int)GruGate.Update), limit);

        T reset = ChosenActivation.Forward(kind, alpha, beta, resetSum);

        slots.SetValue((int)GruGate.Reset, reset);
        slots.SetValue((int)GruGate.Update, ChosenActivation.Forward(kind, alpha, beta, updateSum));
        slots.SetValue(ResetHidden, reset * slots.State(Hidden));
        slots.SetValue(FirstSum + (int)GruGate.Reset, resetSum);
        slots.SetValue(FirstSum + (int)GruGate.Update, updateSum);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T limit = slots.Parameter(ChosenVectors.Clip);
        T kind = slots.Parameter(ChosenVectors.First);
        T alpha = slots.Parameter(ChosenVectors.First + 1);
        T beta = slots.Parameter(ChosenVectors.First + 2);
        T reset = slots.Value((int)GruGate.Reset);
        T resetSum = slots.Value(FirstSum + (int)GruGate.Reset);
        T updateSum = slots.Value(FirstSum + (int)GruGate.Update);
        T resetHiddenGradient = slots.ValueGradient(ResetHidden);

        T resetGradient = ChosenActivation.ClipBackward(
            resetSum, limit, resetHiddenGradient * slots.State(Hidden) * ChosenActivation.Derivative(kind, alpha, beta, resetSum, reset));
        T updateGradient = ChosenActivation.ClipBackward(
            updateSum, limit, slots.ValueGradient((int)GruGate.Update) * ChosenActivation.Derivative(kind, alpha, beta, updateSum, slots.Value((int)GruGate.Update)));

        slots.SetInputGradient((int)GruGate.Reset, resetGradient);
        slots.SetProductGradient((int)GruGate.Reset, resetGradient);
        slots.SetInputGradient((int)GruGate.Update, updateGradient);
        slots.SetProductGradient((int)GruGate.Update, updateGradient);
        slots.AddStateGradient(Hidden, resetHiddenGradient * reset);
    }
}
