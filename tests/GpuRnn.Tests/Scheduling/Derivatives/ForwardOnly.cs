using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Tests.Scheduling.Derivatives;

/// <summary>A node without its backward pass.</summary>
internal readonly struct ForwardOnly<TNode> : IStepFunction
    where TNode : struct, IStepFunction
{
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>
    {
        TNode.Forward<T, TSlots>(ref slots);
    }
}
