using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The GRU of <see cref="GruNode"/> whose activations and clip are constants of the layer.</summary>
/// <remarks>
/// r, z = f(clip_q(x_k + p_k)), n = g(clip_q(x_n + r p_n)); h_t = (1 − z) n + z h_(t−1). Source: ONNX's GRU with <c>linear_before_reset</c>. Slots as in
/// <see cref="GruNode"/>, and values 4..6 are the clipped pre-activations; vectors of <see cref="ChosenVectors"/>, f first and g second. Backward as
/// there; what a limit cut passes no gradient on, and the constants get none.
/// </remarks>
public readonly struct ChosenGruNode : ISeparateStepNode
{
    private const int Hidden = 0;
    private const int NewProduct = 3;
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
        T previous = slots.State(Hidden);
        T newProduct = slots.Product((int)GruGate.New);
        T resetSum = ChosenActivation.Clip(slots.Input((int)GruGate.Reset) + slots.Product((int)GruGate.Reset), limit);
        T updateSum = ChosenActivation.Clip(slots.Input((int)GruGate.Update) + slots.Product((int)GruGate.Update), limit);
        T reset = ChosenActivation.Forward(kind, alpha, beta, resetSum);
        T update = ChosenActivation.Forward(kind, alpha, beta, updateSum);
        T newSum = ChosenActivation.Clip(T.MultiplyAdd(reset, newProduct, slots.Input((int)GruGate.New)), limit);
        T candidate = ChosenActivation.Forward(
            slots.Parameter(ChosenVectors.Second), slots.Parameter(ChosenVectors.Second + 1), slots.Parameter(ChosenVectors.Second + 2), newSum);

        slots.SetValue((int)GruGate.Reset, reset);
        slots.SetValue((int)GruGate.Update, update);
        slots.SetValue((int)GruGate.New, candidate);
        slots.SetValue(NewProduct, newProduct);
        slots.SetValue(FirstSum + (int)GruGate.Reset, resetSum);
        slots.SetValue(FirstSum + (int)GruGate.Update, updateSum);
        slots.SetValue(FirstSum + (int)GruGate.New, newSum);
        slots.SetState(Hidden, T.MultiplyAdd(update, previous - candidate, candidate));
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
        T newKind = slots.Parameter(ChosenVectors.Second);
        T newAlpha = slots.Parameter(ChosenVectors.Second + 1);
        T newBeta = slots.Parameter(ChosenVectors.Second + 2);
        T resetSum = slots.Value(FirstSum + (int)GruGate.Reset);
        T updateSum = slots.Value(FirstSum + (int)GruGate.Update);
        T newSum = slots.Value(FirstSum + (int)GruGate.New);
        T reset = slots.Value((int)GruGate.Reset);
        T update = slots.Value((int)GruGate.Update);
        T candidate = slots.Value((int)GruGate.New);
        T gradient = slots.StateGradient(Hidden);

        T newGradient = ChosenActivation.ClipBackward(
            newSum, limit, gradient * (T.One - update) * ChosenActivation.Derivative(newKind, newAlpha, newBeta, newSum, candidate));
        T resetGradient = ChosenActivation.ClipBackward(
            resetSum, limit, newGradient * slots.Value(NewProduct) * ChosenActivation.Derivative(kind, alpha, beta, resetSum, reset));
        T updateGradient = ChosenActivation.ClipBackward(
            updateSum, limit, gradient * (slots.State(Hidden) - candidate) * ChosenActivation.Derivative(kind, alpha, beta, updateSum, update));

        slots.SetInputGradient((int)GruGate.Reset, resetGradient);
        slots.SetProductGradient((int)GruGate.Reset, resetGradient);
        slots.SetInputGradient((int)GruGate.Update, updateGradient);
        slots.SetProductGradient((int)GruGate.Update, updateGradient);
        slots.SetInputGradient((int)GruGate.New, newGradient);
        slots.SetProductGradient((int)GruGate.New, newGradient * reset);
        slots.AddStateGradient(Hidden, gradient * update);
    }
}
