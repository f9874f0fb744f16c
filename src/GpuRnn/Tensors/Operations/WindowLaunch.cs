using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Windows;
using GpuRnn.Scheduling;

namespace GpuRnn.Tensors.Operations;

/// <summary>Launches the kernels over windows in the form that suits the device.</summary>
/// <remarks>
/// With a thread for each element, also where the compiler put sixteen of them into a register, finding the places cost more than the copying: 1 ns an element
/// on two Zen 5 cores. With a run for each thread it is once a run.
/// </remarks>
internal static class WindowLaunch
{
    private static readonly MethodInfo[] s_patches = [Patches.FormFor(false), Patches.FormFor(true)];
    private static readonly MethodInfo[] s_sums = [WindowSums.FormFor(false), WindowSums.FormFor(true)];

    /// <summary>Lays out so many windows as rows of target.</summary>
    public static void LayOut(
        Device device, ArrayView<float> source, ArrayView<float> target, int windows, WindowAxis rows, WindowAxis columns, int channels, int runColumns)
    {
        (int form, int piece, int pieces) = Choose(device, runColumns * channels);
        TensorKernels.LaunchRows(device, s_patches[form], windows, pieces, source, target, rows, columns, channels, runColumns, piece);
    }

    /// <summary>Sums what the windows of so many positions read.</summary>
    public static void Sum(
        Device device, ArrayView<float> source, ArrayView<float> target, int positions, WindowAxis rows, WindowAxis columns, int channels,
        int positionStride, int tapStride, float factor)
    {
        (int form, int piece, int pieces) = Choose(device, channels);
        TensorKernels.LaunchRows(device, s_sums[form], positions, pieces, source, target, rows, columns, channels, positionStride, tapStride, factor, piece);
    }

    private static (int Form, int Piece, int Pieces) Choose(Device device, int width)
    {
        return width >= Lanes16.Count && DeviceTiles.Lanes(device) > 1 ? (1, width, 1) : (0, 1, width);
    }
}
