using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Windows;
using GpuRnn.Scheduling;

namespace GpuRnn.Tensors.Operations;

/// <summary>Launches the kernels over windows in the form that suits the device.</summary>
/// <remarks>
/// With a thread for each element, also where the compiler put sixteen of them into a register, finding the places cost more than the copying: 1 ns an element
/// on two Zen 5 cores, and 3 ns in windows of 3 by 3 over one channel. With a line for each thread it is once a run.
/// </remarks>
internal static class WindowLaunch
{
    // Whole lines are handed out to threads: with fewer of them some threads would get one more than others, or none at all, as of the single line of a swap of
    // time and batch. Of 64 lines each of 16 threads gets four.
    private const int FewestLines = 64;

    private static readonly MethodInfo[] s_patches = [Patches.FormFor(false), Patches.FormFor(true)];
    private static readonly MethodInfo[] s_sums = [WindowSums.FormFor(false), WindowSums.FormFor(true)];

    /// <summary>Lays out so many windows, whole lines of them, as rows of target.</summary>
    public static void LayOut(
        Device device, ArrayView<float> source, ArrayView<float> target, int windows, WindowAxis rows, WindowAxis columns, int channels, int runColumns)
    {
        Form form = Choose(device, runColumns * channels, windows, columns.TargetCount);
        TensorKernels.LaunchRows(
            device, s_patches[form.Number], windows / form.Places, form.Pieces, source, target, rows, columns, channels, runColumns, form.Piece, form.Places);
    }

    /// <summary>Sums what the windows of so many positions, whole lines of them, read.</summary>
    public static void Sum(
        Device device, ArrayView<float> source, ArrayView<float> target, int positions, WindowAxis rows, WindowAxis columns, int channels,
        int positionStride, int tapStride, float factor)
    {
        Form form = Choose(device, channels, positions, columns.TargetCount);
        TensorKernels.LaunchRows(
            device, s_sums[form.Number], positions / form.Places, form.Pieces, source, target, rows, columns, channels, positionStride, tapStride, factor,
            form.Piece, form.Places);
    }

    // Few lines, such as the one of a swap of time and batch, are shared out place by place.
    private static Form Choose(Device device, int width, int places, int ofLine)
    {
        int together = places >= FewestLines * (long)ofLine ? Math.Max(1, ofLine) : 1;
        return DeviceTiles.Lanes(device) > 1 ? new Form(1, width, Math.Min(1, width), together) : new Form(0, 1, width, 1);
    }

    private readonly record struct Form(int Number, int Piece, int Pieces, int Places);
}
