using GpuRnn.Devices;

namespace GpuRnn.Tensors.Operations;

/// <summary>The mean of each window, padding counted as zeros, as PyTorch's AvgPool has it.</summary>
public static class MeanPooling
{
    private const string Where = "MeanPooling.Forward";

    /// <summary>Pools over time: [T, B, C] becomes [T', B, C].</summary>
    /// <exception cref="ShapeException">The input has not three axes, or not one window fits.</exception>
    public static Tensor Forward(Tape tape, Tensor input, SlidingWindow window)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, Where);
        Require(window);
        return Run(tape, input, WindowGrid.OverTime(input, window, Where));
    }

    /// <summary>Pools images: [N, H, W, C] becomes [N, H', W', C].</summary>
    /// <exception cref="ShapeException">The input has not four axes, or not one window fits.</exception>
    public static Tensor Forward(Tape tape, Tensor input, SlidingWindow rows, SlidingWindow columns)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, Where);
        Require(rows);
        Require(columns);
        return Run(tape, input, WindowGrid.OverImages(input, rows, columns, Where));
    }

    /// <summary>Refuses windows that are impossible.</summary>
    internal static void Require(SlidingWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        window.Require(Where);
    }

    private static Tensor Run(Tape tape, Tensor input, WindowGrid grid)
    {
        Tensor result = tape.Allocate(grid.ResultShape(input, grid.Channels));
        grid.Sum(tape.Device, input.View, result.View, 1.0f / grid.Taps);
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, grid), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor input, Tensor result, WindowGrid grid) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                GradientPart part = tape.BeginGradient(input);
                grid.SumBack(tape.Device, upstream.View, part.View, grid.Images, isForEachTap: false, 1.0f / grid.Taps);
                tape.EndGradient(part);
            }
        }
    }
}
