namespace GpuRnn.KernelModel;

/// <summary>A position or an extent in one dimension, 64-bit a component; X varies fastest in linear order.</summary>
public readonly struct LongIndex1D : IIndex, IEquatable<LongIndex1D>, IComparable<LongIndex1D>
{
    /// <summary>The index whose components are all -1; no position in bounds equals it.</summary>
    public static LongIndex1D Invalid => new(-1);

    /// <summary>The first position.</summary>
    public static LongIndex1D Zero => default;

    /// <summary>The index whose components are all 1.</summary>
    public static LongIndex1D One => new(1);

    /// <summary>Takes each component as given; nothing is checked.</summary>
    public LongIndex1D(long x)
    {
        X = x;
    }

    /// <summary>The component that varies fastest in linear order.</summary>
    public long X { get; }

    /// <summary>True when every component is 0.</summary>
    public bool IsFirst => X == 0;

    /// <summary>The number of positions when this is an extent.</summary>
    public long Size => X;

    /// <summary>Tells the dimensions and the width of this index apart from others at run time.</summary>
    public IndexType IndexType => IndexType.LongIndex1D;

    /// <summary>The smaller of each pair of components.</summary>
    public static LongIndex1D Min(LongIndex1D first, LongIndex1D second) => new(Math.Min(first.X, second.X));

    /// <summary>The larger of each pair of components.</summary>
    public static LongIndex1D Max(LongIndex1D first, LongIndex1D second) => new(Math.Max(first.X, second.X));

    /// <summary>Limits each component to [<paramref name="min"/>, <paramref name="max"/>], both ends included.</summary>
    public static LongIndex1D Clamp(LongIndex1D value, LongIndex1D min, LongIndex1D max) => Max(min, Min(max, value));

    /// <summary>The same position in 32 bits.</summary>
    /// <exception cref="OverflowException">A component does not fit.</exception>
    public Index1D ToIntIndex() => checked(new((int)X));

    /// <summary>True when every component is at least 0 and below that of <paramref name="dimension"/>.</summary>
    public bool InBounds(LongIndex1D dimension) =>
        X >= 0 && X < dimension.X;

    /// <summary>True when every component is at least 0 and at most that of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(LongIndex1D dimension) =>
        X >= 0 && X <= dimension.X;

    /// <summary>The componentwise sum with <paramref name="rhs"/>.</summary>
    public LongIndex1D Add(LongIndex1D rhs) => this + rhs;

    /// <summary>The componentwise difference, this minus <paramref name="rhs"/>.</summary>
    public LongIndex1D Subtract(LongIndex1D rhs) => this - rhs;

    /// <summary>The same position in 32 bits; see <see cref="ToIntIndex"/>.</summary>
    public static explicit operator Index1D(LongIndex1D index) => index.ToIntIndex();

    /// <summary>The one component.</summary>
    public static implicit operator long(LongIndex1D idx) => idx.X;

    /// <summary>An index with the component <paramref name="idx"/>.</summary>
    public static implicit operator LongIndex1D(long idx) => new(idx);

    /// <summary>The component reinterpreted without a sign.</summary>
    public static explicit operator ulong(LongIndex1D idx) => (ulong)idx.X;

    /// <summary>The componentwise sum.</summary>
    public static LongIndex1D Add(LongIndex1D first, LongIndex1D second) => new(first.X + second.X);

    /// <summary>The componentwise sum.</summary>
    public static LongIndex1D operator +(LongIndex1D first, LongIndex1D second) => Add(first, second);

    /// <summary>The componentwise difference.</summary>
    public static LongIndex1D Subtract(LongIndex1D first, LongIndex1D second) => new(first.X - second.X);

    /// <summary>The componentwise difference.</summary>
    public static LongIndex1D operator -(LongIndex1D first, LongIndex1D second) => Subtract(first, second);

    /// <summary>The componentwise product.</summary>
    public static LongIndex1D Multiply(LongIndex1D first, LongIndex1D second) => new(first.X * second.X);

    /// <summary>The componentwise product.</summary>
    public static LongIndex1D operator *(LongIndex1D first, LongIndex1D second) => Multiply(first, second);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static LongIndex1D Divide(LongIndex1D first, LongIndex1D second) => new(first.X / second.X);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static LongIndex1D operator /(LongIndex1D first, LongIndex1D second) => Divide(first, second);

    /// <summary>True when all components are equal.</summary>
    public static bool operator ==(LongIndex1D first, LongIndex1D second) => first.X == second.X;

    /// <summary>True when any component differs.</summary>
    public static bool operator !=(LongIndex1D first, LongIndex1D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(LongIndex1D other) => this == other;

    /// <inheritdoc/>
    public int CompareTo(LongIndex1D other) => X.CompareTo(other.X);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LongIndex1D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X);

    /// <inheritdoc/>
    public override string ToString() => X.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
