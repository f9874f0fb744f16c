using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Tests.Scheduling.Derivatives;

/// <summary>Step functions that do what kernels may not; a comment with the id ends the line that the refusal must name.</summary>
internal static class RefusedFunctions
{
    private static int s_calls;

    internal readonly struct Counting : IStepFunction
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            s_calls++; // GK0013
            slots.SetState(0, slots.Input(0));
        }
    }

    internal readonly struct Allocating : IStepFunction
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            T[] both = [slots.Input(0), slots.Product(0)]; // GK0009
            slots.SetState(0, both[0] + both[1]);
        }
    }

    internal readonly struct Throwing : IStepFunction
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            slots.SetState(0, Checked(slots.Input(0)));
        }

        private static T Checked<T>(T value)
            where T : struct, IReal<T>
        {
            return value is F64 ? throw new NotSupportedException() : value; // GK0009
        }
    }

    internal readonly struct SkippingAnInput : IStepFunction
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            slots.SetState(0, slots.Input(1) + slots.Product(0));
        }
    }

    internal readonly struct ReadingAValueOfNobody : IStepFunction
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            slots.SetState(0, slots.Input(0) + slots.Value(0));
            slots.SetValue(0, slots.Input(0));
        }
    }

    internal readonly struct ReadingAVectorTooMany : IStepFunction
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            slots.SetState(0, slots.Input(0) * slots.Parameter(1));
        }
    }

    internal readonly struct WritingNoState : IStepFunction
    {
        public static void Forward<T, TSlots>(ref TSlots slots)
            where T : struct, IReal<T>
            where TSlots : struct, IStepSlots<T>
        {
            slots.SetValue(0, slots.Input(0));
        }
    }
}
