using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>A cell's node whose new states reach a unit only by a share; otherwise the unit keeps its old ones.</summary>
/// <typeparam name="TNode">The cell's node.</typeparam>
/// <typeparam name="TShare">Where the share u of the new state comes from.</typeparam>
/// <typeparam name="TFirstShare">The slot of the share of state 0; those of the other states follow.</typeparam>
/// <typeparam name="TFirstCandidate">The value slot of the candidate of state 0; those of the other states follow.</typeparam>
/// <typeparam name="TWritten">Bit s is set where the node writes state s; up to four states.</typeparam>
/// <remarks>
/// <para>
/// With ŝ_t what the node gives as state s: s_t = s_(t−1) + u (ŝ_t − s_(t−1)), for each state with a u of its own. In training u is 0 with
/// probability z and else 1, drawn for each unit, row and step; in evaluation it is 1 − z.
/// </para>
/// <para>
/// Source: Krueger et al. (2017), "Zoneout: regularizing RNNs by randomly preserving hidden activations", equations 4 and 5. As there, the
/// nodes of the same step read the candidate (an LSTM's h_t is made of ĉ_t), and what comes after the step reads s_t. The candidates are kept
/// as values: the node's own gradient reads them, and a unit that keeps its c may still take its new h.
/// </para>
/// <para>Backward, with d = dL/ds_t: d u, beside what later nodes of the step add, to ŝ_t; d (1 − u) to s_(t−1); d (ŝ_t − s_(t−1)) to a constant u.</para>
/// </remarks>
public readonly struct ZoneoutNode<TNode, TShare, TFirstShare, TFirstCandidate, TWritten> : IAmendingNode
    where TNode : struct, IStepNode
    where TShare : struct, IUpdateShare
    where TFirstShare : struct, ISlotNumber
    where TFirstCandidate : struct, ISlotNumber
    where TWritten : struct, ISlotNumber
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        ForwardSlots<T, TSlots> around = new(slots);
        TNode.Forward<T, ForwardSlots<T, TSlots>>(ref around);
        slots = around.Inner;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        BackwardSlots<T, TSlots> around = new(slots);
        TNode.Backward<T, BackwardSlots<T, TSlots>>(ref around);
        slots = around.Inner;
        Keep<T, TSlots>(ref slots, 0);
        Keep<T, TSlots>(ref slots, 1);
        Keep<T, TSlots>(ref slots, 2);
        Keep<T, TSlots>(ref slots, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<T, TSlots>(ref TSlots slots, int state)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        if (((TWritten.Value >> state) & 1) != 0)
        {
            T share = TShare.Backward<T, TSlots>(ref slots, TFirstShare.Value + state);
            T gradient = slots.StateGradient(state);
            slots.AddStateGradient(state, gradient * (T.One - share));
            TShare.AddGradient(ref slots, TFirstShare.Value + state, gradient * (slots.Value(TFirstCandidate.Value + state) - slots.State(state)));
        }
    }

    private struct ForwardSlots<T, TSlots> : IStepSlots<T>
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        public TSlots Inner;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ForwardSlots(TSlots inner) => Inner = inner;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Input(int slot) => Inner.Input(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Product(int slot) => Inner.Product(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T State(int state) => Inner.State(state);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T NextState(int state) => Inner.Value(TFirstCandidate.Value + state);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Value(int slot) => Inner.Value(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Parameter(int slot) => Inner.Parameter(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetState(int state, T value)
        {
            T previous = Inner.State(state);
            T share = TShare.Forward<T, TSlots>(ref Inner, TFirstShare.Value + state);
            Inner.SetValue(TFirstCandidate.Value + state, value);
            Inner.SetState(state, T.MultiplyAdd(share, value - previous, previous));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetValue(int slot, T value) => Inner.SetValue(slot, value);
    }

    private struct BackwardSlots<T, TSlots> : IStepGradientSlots<T>
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        public TSlots Inner;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public BackwardSlots(TSlots inner) => Inner = inner;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Input(int slot) => Inner.Input(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T State(int state) => Inner.State(state);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T NextState(int state) => Inner.Value(TFirstCandidate.Value + state);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Value(int slot) => Inner.Value(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Parameter(int slot) => Inner.Parameter(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T StateGradient(int state) => T.MultiplyAdd(
            TShare.Backward<T, TSlots>(ref Inner, TFirstShare.Value + state), Inner.StateGradient(state), Inner.ValueGradient(TFirstCandidate.Value + state));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T ValueGradient(int slot) => Inner.ValueGradient(slot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetInputGradient(int slot, T value) => Inner.SetInputGradient(slot, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetProductGradient(int slot, T value) => Inner.SetProductGradient(slot, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddStateGradient(int state, T value) => Inner.AddStateGradient(state, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddNextStateGradient(int state, T value) => Inner.AddValueGradient(TFirstCandidate.Value + state, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddValueGradient(int slot, T value) => Inner.AddValueGradient(slot, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddParameterGradient(int slot, T value) => Inner.AddParameterGradient(slot, value);
    }
}
