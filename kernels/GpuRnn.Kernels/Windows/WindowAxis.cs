using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Windows;

/// <summary>How windows lie along one axis: which position of a source each tap of a target's window reads.</summary>
/// <remarks>
/// position · Divisor = target · Step + tap · TapStep − Offset; a tap reads nothing where that does not divide or lies outside the source. A
/// convolution or pooling with stride s, dilation d and p positions of padding before the source has Step s, TapStep d, Offset p and Divisor 1.
/// </remarks>
public readonly struct WindowAxis
{
    /// <summary>Positions of the source.</summary>
    public int SourceCount { get; init; }

    /// <summary>Positions of the target, a window each.</summary>
    public int TargetCount { get; init; }

    /// <summary>Taps of a window.</summary>
    public int Taps { get; init; }

    /// <summary>From one window to the next.</summary>
    public int Step { get; init; }

    /// <summary>From one tap to the next; negative against the direction of the windows.</summary>
    public int TapStep { get; init; }

    /// <summary>How far the first tap of the first window lies before the source.</summary>
    public int Offset { get; init; }

    /// <summary>What a place is divided by; 1 for windows, their stride for what turns them round.</summary>
    public int Divisor { get; init; }

    /// <summary>The same pairs of positions seen from the other side: the window of a source's position holds the targets that read it.</summary>
    public WindowAxis Turned => new()
    {
        SourceCount = TargetCount,
        TargetCount = SourceCount,
        Taps = Taps,
        Step = Divisor,
        TapStep = -TapStep,
        Offset = -Offset,
        Divisor = Step,
    };

    /// <summary>Some neighbouring windows over some neighbouring positions, each numbered from 0.</summary>
    /// <param name="firstTarget">The first of the windows.</param>
    /// <param name="targetCount">Windows.</param>
    /// <param name="firstSource">The first of the positions; a tap outside of them reads nothing.</param>
    /// <param name="sourceCount">Positions.</param>
    /// <remarks>For axes of the divisor 1.</remarks>
    public WindowAxis Part(int firstTarget, int targetCount, int firstSource, int sourceCount) => this with
    {
        SourceCount = sourceCount,
        TargetCount = targetCount,
        Offset = Offset + firstSource - (firstTarget * Step),
    };

    /// <summary>The first tap of a target's window that may read something.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FirstTap(int target)
    {
        int start = (target * Step) - Offset;
        int least = TapStep > 0 ? -start : start - ((SourceCount - 1) * Divisor);
        int distance = TapStep > 0 ? TapStep : -TapStep;
        return least > 0 ? (least + distance - 1) / distance : 0;
    }

    /// <summary>The tap behind the last that may read something.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int EndTap(int target)
    {
        int start = (target * Step) - Offset;
        int most = TapStep > 0 ? ((SourceCount - 1) * Divisor) - start : start;
        int distance = TapStep > 0 ? TapStep : -TapStep;
        return most < 0 ? 0 : XMath.Min(Taps, (most / distance) + 1);
    }

    /// <summary>The position that a tap reads, or −1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int SourceOf(int target, int tap)
    {
        int place = (target * Step) + (tap * TapStep) - Offset;
        int position = Divisor == 1 ? place : place / Divisor;
        bool isThere = position * Divisor == place && position >= 0 && position < SourceCount;
        return isThere ? position : -1;
    }
}
