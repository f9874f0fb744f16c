namespace GpuRnn.KernelModel;

/// <summary>A position or an extent in one dimension, 32-bit a component; X varies fastest in linear order.</summary>
public readonly struct Index1D : IIndex, IEquatable<Index1D>, IComparable<Index1D>
{
    /// <summary>The index whose components are all -1; no position in bounds equals it.</summary>
    public static Index1D Invalid => new(-1);

    /// <summary>The first position.</summary>
    public static Index1D Zero => default;

    /// <summary>The index whose components are all 1.</summary>
    public static Index1D One => new(1);

    /// <summary>Takes each component as given; nothing is checked.</summary>
    public Index1D(int x)
    {
        X = x;
    }

    /// <summary>The component that varies fastest in linear order.</summary>
    public int X { get; }

    /// <summary>True when every component is 0.</summary>
    public bool IsFirst => X == 0;

    /// <summary>The number of positions when this is an extent.</summary>
    public int Size => X;

    /// <summary>The number of positions when this is an extent, computed in 64 bits.</summary>
    public long LongSize => (long)X;

    /// <summary>Tells the dimensions and the width of this index apart from others at run time.</summary>
    public IndexType IndexType => IndexType.Index1D;

    /// <summary>The smaller of each pair of components.</summary>
    public static Index1D Min(Index1D first, Index1D second) => new(Math.Min(first.X, second.X));

    /// <summary>The larger of each pair of components.</summary>
    public static Index1D Max(Index1D first, Index1D second) => new(Math.Max(first.X, second.X));

    /// <summary>Limits each component to [<paramref name="min"/>, <paramref name="max"/>], both ends included.</summary>
    public static Index1D Clamp(Index1D value, Index1D min, Index1D max) => Max(min, Min(max, value));

    /// <summary>The same position in 64 bits.</summary>
    public LongIndex1D ToLongIndex() => new(X);

    /// <summary>True when every component is at least 0 and below that of <paramref name="dimension"/>.</summary>
    public bool InBounds(Index1D dimension) =>
        X >= 0 && X < dimension.X;

    /// <summary>True when every component is at least 0 and at most that of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(Index1D dimension) =>
        X >= 0 && X <= dimension.X;

    /// <summary>The componentwise sum with <paramref name="rhs"/>.</summary>
    public Index1D Add(Index1D rhs) => this + rhs;

    /// <summary>The componentwise difference, this minus <paramref name="rhs"/>.</summary>
    public Index1D Subtract(Index1D rhs) => this - rhs;

    /// <summary>The same position in 64 bits.</summary>
    public static implicit operator LongIndex1D(Index1D index) => index.ToLongIndex();

    /// <summary>The one component.</summary>
    public static implicit operator int(Index1D idx) => idx.X;

    /// <summary>An index with the component <paramref name="idx"/>.</summary>
    public static implicit operator Index1D(int idx) => new(idx);

    /// <summary>The component reinterpreted without a sign.</summary>
    public static explicit operator uint(Index1D idx) => (uint)idx.X;

    /// <summary>The componentwise sum.</summary>
    public static Index1D Add(Index1D first, Index1D second) => new(first.X + second.X);

    /// <summary>The componentwise sum.</summary>
    public static Index1D operator +(Index1D first, Index1D second) => Add(first, second);

    /// <summary>The componentwise difference.</summary>
    public static Index1D Subtract(Index1D first, Index1D second) => new(first.X - second.X);

    /// <summary>The componentwise difference.</summary>
    public static Index1D operator -(Index1D first, Index1D second) => Subtract(first, second);

    /// <summary>The componentwise product.</summary>
    public static Index1D Multiply(Index1D first, Index1D second) => new(first.X * second.X);

    /// <summary>The componentwise product.</summary>
    public static Index1D operator *(Index1D first, Index1D second) => Multiply(first, second);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static Index1D Divide(Index1D first, Index1D second) => new(first.X / second.X);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static Index1D operator /(Index1D first, Index1D second) => Divide(first, second);

    /// <summary>True when all components are equal.</summary>
    public static bool operator ==(Index1D first, Index1D second) => first.X == second.X;

    /// <summary>True when any component differs.</summary>
    public static bool operator !=(Index1D first, Index1D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(Index1D other) => this == other;

    /// <inheritdoc/>
    public int CompareTo(Index1D other) => X.CompareTo(other.X);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Index1D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X);

    /// <inheritdoc/>
    public override string ToString() => X.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
