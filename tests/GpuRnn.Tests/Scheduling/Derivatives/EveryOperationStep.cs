using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling.Derivatives;

/// <summary>A function without meaning that does everything a step function can, so that every derivative is tried.</summary>
internal readonly struct EveryOperationStep : IStepFunction
{
    public static Cell Cell { get; } = AutomaticCell.Create("every-operation", step => step
        .Product(GpuRnn.Devices.Sequences.StepSource.PreviousState(0), 2)
        .Vector("scale", 0.5f)
        .Vector("limit", 0.3f, isLearned: false)
        .Function<EveryOperationStep>());

    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        T first = slots.Input(0) + slots.Product(0);
        T second = slots.Input(1) - slots.Product(1);
        T root = T.Sqrt(T.MultiplyAdd(first, first, T.One));
        T choice = T.SelectGreater(first, second, first * slots.Parameter(0), second / root);
        T bounded = T.Min(T.Max(choice, -slots.Parameter(1)), slots.Parameter(1));
        T rectified = T.Max(T.Zero, second) - T.Min(first, T.Constant(0.125f));
        T small = T.Exp(-T.Abs(second)) + T.Log(root);
        slots.SetState(1, T.MultiplyAdd(T.Sigmoid(rectified), slots.State(1), bounded));
        slots.SetState(0, T.Tanh(slots.NextState(1) + small) * T.One);
    }
}
