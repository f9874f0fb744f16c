using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Bench;

/// <summary>Where a hand-written loop finds the arrays of an LSTM step: blocks of [B, H] behind one another.</summary>
internal readonly unsafe struct GateSlots(float** arrays, nint block, nint row)
{
    internal const int Inputs = 0;
    internal const int Products = 1;
    internal const int States = 2;
    internal const int Values = 3;
    internal const int InputGradients = 4;
    internal const int ProductGradients = 5;
    internal const int StateGradients = 6;
    internal const int Unused = 7;
    internal const int KindCount = 8;

    private const int NextStates = 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* At(int kind, int slot, nint unit) => arrays[kind] + (slot * block) + row + unit;

    /// <summary>The slots of as many units as the lane holds.</summary>
    internal readonly struct Lane<T>(GateSlots slots, nint unit) : IStepSlots<T>, IStepGradientSlots<T>
        where T : struct, IVectorLane<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Input(int slot) => T.Load(slots.At(Inputs, slot, unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Product(int slot) => T.Load(slots.At(Products, slot, unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T State(int state) => T.Load(slots.At(States, state, unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T NextState(int state) => T.Load(slots.At(States, NextStates + state, unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Value(int slot) => T.Load(slots.At(Values, slot, unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Parameter(int slot) => T.Load(slots.At(Unused, slot, unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetState(int state, T value) => T.Store(slots.At(States, NextStates + state, unit), value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetValue(int slot, T value) => T.Store(slots.At(Values, slot, unit), value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T StateGradient(int state) => T.Load(slots.At(StateGradients, NextStates + state, unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T ValueGradient(int slot) => T.Load(slots.At(Unused, slot, unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetInputGradient(int slot, T value) => T.Store(slots.At(InputGradients, slot, unit), value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetProductGradient(int slot, T value) => T.Store(slots.At(ProductGradients, slot, unit), value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddStateGradient(int state, T value) => Add(slots.At(StateGradients, state, unit), value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddNextStateGradient(int state, T value) => Add(slots.At(StateGradients, NextStates + state, unit), value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddValueGradient(int slot, T value) => Add(slots.At(Unused, slot, unit), value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddParameterGradient(int slot, T value) => Add(slots.At(Unused, slot, unit), value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add(float* target, T value) => T.Store(target, T.Load(target) + value);
    }
}
