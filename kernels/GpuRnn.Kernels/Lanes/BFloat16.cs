using System;

namespace GpuRnn.Kernels.Lanes;

/// <summary>A number stored in 16 bits: the upper half of a float, so its range with 8 bits of precision. Computing is done in float.</summary>
/// <remarks>Equal to what PyTorch and ONNX call bfloat16. Sixteen bits in memory on every device.</remarks>
public readonly struct BFloat16 : IEquatable<BFloat16>
{
    private readonly ushort _bits;

    private BFloat16(ushort bits)
    {
        _bits = bits;
    }

    /// <summary>The sixteen bits.</summary>
    public ushort Bits => _bits;

    /// <summary>The number with the given bits.</summary>
    public static BFloat16 FromBits(ushort bits) => new(bits);

    /// <summary>Rounds to the nearest, ties to even; numbers beyond the range become infinite, and NaN stays NaN.</summary>
    public static explicit operator BFloat16(float value)
    {
        uint bits = Interop.FloatAsInt(value);

        // Half of the last kept place, less one where the kept part is even: a tie then does not carry.
        uint rounded = bits + 0x7FFFu + ((bits >> 16) & 1u);

        // A NaN whose upper half is that of infinity must keep a bit, and rounding must not carry it away.
        uint kept = (bits & 0x7FFFFFFFu) > 0x7F800000u ? bits | 0x00400000u : rounded;
        return new BFloat16((ushort)(kept >> 16));
    }

    /// <summary>Exact.</summary>
    public static implicit operator float(BFloat16 value) => Interop.IntAsFloat((uint)value._bits << 16);

    /// <summary>True for equal bits; as numbers, compare the floats.</summary>
    public static bool operator ==(BFloat16 first, BFloat16 second) => first.Equals(second);

    /// <summary>True for different bits; as numbers, compare the floats.</summary>
    public static bool operator !=(BFloat16 first, BFloat16 second) => !first.Equals(second);

    /// <inheritdoc/>
    public bool Equals(BFloat16 other) => _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _bits;

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
