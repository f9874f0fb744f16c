using GpuRnn.Devices;
using GpuRnn.Kernels.Windows;

namespace GpuRnn.Tensors;

/// <summary>How the windows of a convolution or a pooling lie along one axis.</summary>
/// <param name="Size">Taps: positions that a window reads; at least 1.</param>
/// <param name="Stride">Positions from one window to the next; at least 1.</param>
/// <param name="Padding">Positions in front of the first, which hold nothing; as many behind the last unless <see cref="PaddingAfter"/> says otherwise.</param>
/// <param name="Dilation">Positions from one tap to the next; at least 1.</param>
/// <remarks>Numbers mean what they mean in PyTorch: n positions give ⌊(n + padding in front and behind − dilation (size − 1) − 1) / stride⌋ + 1 windows.</remarks>
public sealed record SlidingWindow(int Size, int Stride = 1, int Padding = 0, int Dilation = 1)
{
    /// <summary>One position, as a convolution "1×1" reads it, and the axis along which nothing slides.</summary>
    public static SlidingWindow One { get; } = new(1);

    /// <summary>Positions behind the last, which hold nothing.</summary>
    public int PaddingAfter { get; init; } = Padding;

    /// <summary>Positions from a window's first tap to its last, both counted.</summary>
    public int Reach => (Dilation * (Size - 1)) + 1;

    /// <summary>Windows side by side, as pooling has them: stride = size.</summary>
    public static SlidingWindow SideBySide(int size) => new(size, size);

    /// <summary>As many windows as positions, each around its own; one position more lies behind it where the size is even.</summary>
    public static SlidingWindow Same(int size, int dilation = 1)
    {
        int padding = dilation * (size - 1);
        return new SlidingWindow(size, 1, padding / 2, dilation) { PaddingAfter = padding - (padding / 2) };
    }

    /// <summary>As many windows as positions, each ending at its own: no step sees a later one (van den Oord et al. 2016).</summary>
    public static SlidingWindow Causal(int size, int dilation = 1)
    {
        return new SlidingWindow(size, 1, dilation * (size - 1), dilation) { PaddingAfter = 0 };
    }

    /// <summary>Windows over so many positions; 0 where the first does not fit.</summary>
    public int CountOver(int positions)
    {
        int room = positions + Padding + PaddingAfter - Reach;
        return room < 0 ? 0 : (room / Stride) + 1;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string padding = Padding == PaddingAfter ? $"{Padding}" : $"{Padding} and {PaddingAfter}";
        return $"size {Size}, stride {Stride}, padding {padding}, dilation {Dilation}";
    }

    /// <summary>Refuses numbers that make no window.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Size, stride or dilation is below 1, or a padding below 0.</exception>
    internal void Require(string where)
    {
        ArgumentCheck.AtLeast(Size, 1, where, nameof(Size), "the number of taps of a window");
        ArgumentCheck.AtLeast(Stride, 1, where, nameof(Stride), "the distance from one window to the next");
        ArgumentCheck.AtLeast(Dilation, 1, where, nameof(Dilation), "the distance from one tap to the next");
        ArgumentCheck.AtLeast(Padding, 0, where, nameof(Padding), "the number of positions in front of the first");
        ArgumentCheck.AtLeast(PaddingAfter, 0, where, nameof(PaddingAfter), "the number of positions behind the last");
    }

    /// <summary>The kernels' form, over an axis of so many positions.</summary>
    /// <exception cref="ShapeException">Not one window fits.</exception>
    internal WindowAxis Over(int positions, string axis, string where)
    {
        int count = CountOver(positions);
        if (count == 0)
        {
            throw new ShapeException(
                $"{where}: the input has {axis}={positions}, but a window of {this} needs at least {Math.Max(0, Reach - Padding - PaddingAfter)}. "
                + "Pass a longer input, or add padding.");
        }

        return new WindowAxis
        {
            SourceCount = positions,
            TargetCount = count,
            Taps = Size,
            Step = Stride,
            TapStep = Dilation,
            Offset = Padding,
            Divisor = 1,
        };
    }
}
