using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling.Derivatives;

/// <summary>The minimal gated unit as Zhou et al. (2016) published it: the gate acts before the second product.</summary>
// <example:TwoFunctions>
public static class PublishedMinimalGatedCell
{
    public static Cell Cell { get; } = AutomaticCell.Create("minimal-gated-before", step => step
        .Product(StepSource.PreviousState(0))
        .Function<Gate>()
        .Product(StepSource.Value(0))
        .Function<NewState>());

    private readonly struct Gate : IStepFunction
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            T forget = T.Sigmoid(slots.Input(0) + slots.Product(0));
            slots.SetValue(0, forget * slots.State(0));
            slots.SetValue(1, forget);
        }
    }

    private readonly struct NewState : IStepFunction
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            T candidate = T.Tanh(slots.Input(1) + slots.Product(1));
            slots.SetState(0, slots.State(0) + (slots.Value(1) * (candidate - slots.State(0))));
        }
    }
}

// </example:TwoFunctions>
