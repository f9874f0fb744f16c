using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Windows;

namespace GpuRnn.Tensors.Operations;

/// <summary>Exchanges two neighbouring axes in one launch: a window over all of the first axis at each place of the second.</summary>
internal static class AxisSwap
{
    /// <summary>target[a, c, b, d] = source[a, b, c, d].</summary>
    public static void Run(Device device, ArrayView<float> source, ArrayView<float> target, int a, int b, int c, int d)
    {
        WindowAxis all = new() { SourceCount = b, TargetCount = 1, Taps = b, Step = 1, TapStep = 1, Divisor = 1 };
        WindowAxis each = new() { SourceCount = c, TargetCount = c, Taps = 1, Step = 1, TapStep = 1, Divisor = 1 };
        WindowLaunch.LayOut(device, source, target, a * c, all, each, d, 1);
    }
}
