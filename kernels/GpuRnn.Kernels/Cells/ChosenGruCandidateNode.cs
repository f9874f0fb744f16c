using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The candidate and new state of <see cref="GruCandidateNode"/> whose activation and clip are constants of the layer.</summary>
/// <remarks>
/// n = g(clip_q(x_n + W_hn (r h_(t−1)) + b_hn)); h_t = (1 − z) n + z h_(t−1). Source: ONNX's GRU. Slots as in <see cref="GruCandidateNode"/>, and value 6
/// is the clipped pre-activation; vectors of <see cref="ChosenVectors"/>, the second function.
/// </remarks>
public readonly struct ChosenGruCandidateNode : ISeparateStepNode
{
    private const int Hidden = 0;
    private const int Candidate = 3;
    private const int Sum = 6;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T sum = ChosenActivation.Clip(slots.Input((int)GruGate.New) + slots.Product((int)GruGate.New), slots.Parameter(ChosenVectors.Clip));
        T candidate = ChosenActivation.Forward(
            slots.Parameter(ChosenVectors.Second), slots.Parameter(ChosenVectors.Second + 1), slots.Parameter(ChosenVectors.Second + 2), sum);

        slots.SetValue(Candidate, candidate);
        slots.SetValue(Sum, sum);
        slots.SetState(Hidden, T.MultiplyAdd(slots.Value((int)GruGate.Update), slots.State(Hidden) - candidate, candidate));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        T kind = slots.Parameter(ChosenVectors.Second);
        T alpha = slots.Parameter(ChosenVectors.Second + 1);
        T beta = slots.Parameter(ChosenVectors.Second + 2);
        T sum = slots.Value(Sum);
        T candidate = slots.Value(Candidate);
        T update = slots.Value((int)GruGate.Update);
        T gradient = slots.StateGradient(Hidden);

        T candidateGradient = ChosenActivation.ClipBackward(
            sum, slots.Parameter(ChosenVectors.Clip), gradient * (T.One - update) * ChosenActivation.Derivative(kind, alpha, beta, sum, candidate));

        slots.SetInputGradient((int)GruGate.New, candidateGradient);
        slots.SetProductGradient((int)GruGate.New, candidateGradient);
        slots.AddValueGradient((int)GruGate.Update, gradient * (slots.State(Hidden) - candidate));
        slots.AddStateGradient(Hidden, gradient * update);
    }
}
