using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>Views as arguments of kernels, which take none that is empty.</summary>
internal static class KernelViews
{
    /// <summary>The view, or where it has no element one that the kernel will not read.</summary>
    public static ArrayView<float> OrElse(this ArrayView<float> view, ArrayView<float> other) => view.Length == 0 ? other : view;
}
