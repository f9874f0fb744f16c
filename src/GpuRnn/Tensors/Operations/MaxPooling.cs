using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Windows;

namespace GpuRnn.Tensors.Operations;

/// <summary>The largest element of each window; padding is never chosen, and the first of equals gets the gradient.</summary>
public static class MaxPooling
{
    private const string Where = "MaxPooling.Forward";

    private static readonly MethodInfo s_forward = TensorKernels.Method(typeof(WindowMaxima), nameof(WindowMaxima.Forward));
    private static readonly MethodInfo s_backward = TensorKernels.Method(typeof(WindowMaxima), nameof(WindowMaxima.Backward));

    /// <summary>Pools over time: [T, B, C] becomes [T', B, C].</summary>
    /// <exception cref="ShapeException">The input has not three axes, or not one window fits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A padding is as large as a window's reach, or the taps of a window all miss the input, so that it would hold nothing else.</exception>
    public static Tensor Forward(Tape tape, Tensor input, SlidingWindow window)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, Where);
        Require(window);
        return Run(tape, input, WindowGrid.OverTime(input, window, Where));
    }

    /// <summary>Pools images: [N, H, W, C] becomes [N, H', W', C].</summary>
    /// <exception cref="ShapeException">The input has not four axes, or not one window fits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A padding is as large as a window's reach, or the taps of a window all miss the input, so that it would hold nothing else.</exception>
    public static Tensor Forward(Tape tape, Tensor input, SlidingWindow rows, SlidingWindow columns)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, Where);
        Require(rows);
        Require(columns);
        return Run(tape, input, WindowGrid.OverImages(input, rows, columns, Where));
    }

    /// <summary>Refuses windows that might hold padding alone, of which nothing is the largest.</summary>
    internal static void Require(SlidingWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        window.Require(Where);
        ArgumentCheck.Below(Math.Max(window.Padding, window.PaddingAfter), window.Reach, Where, nameof(window.Padding), "less padding than a window reaches");
    }

    private static Tensor Run(Tape tape, Tensor input, WindowGrid grid)
    {
        RequireTap(grid.Rows);
        RequireTap(grid.Columns);
        Tensor result = tape.Allocate(grid.ResultShape(input, grid.Channels));
        ArrayView<int> chosen = tape.Rent(result.Length).View.SubView(0, result.Length).Cast<int>();
        TensorKernels.LaunchRows(
            tape.Device, s_forward, grid.Images * grid.WindowsOfImage, grid.Channels, input.View, result.View, chosen, grid.Rows, grid.Columns, grid.Channels);
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, chosen, grid), result);
        }

        return result;
    }

    // Taps that lie apart can stand on both sides of a short input and miss it.
    private static void RequireTap(WindowAxis axis)
    {
        for (int window = 0; axis.TapStep > 1 && window < axis.TargetCount; window++)
        {
            if (axis.FirstTap(window) >= axis.EndTap(window))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(axis),
                    $"{Where}: window {window} of {axis.TargetCount} over {axis.SourceCount} positions reads padding alone (taps {axis.TapStep} apart), but must read a position of the input. "
                    + "Lower the dilation, or pass a longer input.");
            }
        }
    }

    private sealed class Gradient(Tensor input, Tensor result, ArrayView<int> chosen, WindowGrid grid) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                GradientPart part = tape.BeginGradient(input);
                TensorKernels.LaunchRows(
                    tape.Device,
                    s_backward,
                    grid.Images * grid.PositionsOfImage,
                    grid.Channels,
                    chosen,
                    upstream.View,
                    part.View,
                    grid.Rows.Turned,
                    grid.Columns.Turned,
                    grid.Channels);
                tape.EndGradient(part);
            }
        }
    }
}
