namespace GpuRnn.KernelModel;

/// <summary>A position or an extent in two dimensions, 64-bit a component; X varies fastest in linear order.</summary>
public readonly struct LongIndex2D : IIndex, IEquatable<LongIndex2D>
{
    /// <summary>The index whose components are all -1; no position in bounds equals it.</summary>
    public static LongIndex2D Invalid => new(-1, -1);

    /// <summary>The first position.</summary>
    public static LongIndex2D Zero => default;

    /// <summary>The index whose components are all 1.</summary>
    public static LongIndex2D One => new(1, 1);

    /// <summary>Takes each component as given; nothing is checked.</summary>
    public LongIndex2D(long x, long y)
    {
        X = x;
        Y = y;
    }

    /// <summary>Sets all components to the same <paramref name="value"/>.</summary>
    public LongIndex2D(long value)
        : this(value, value)
    {
    }

    /// <summary>The component that varies fastest in linear order.</summary>
    public long X { get; }

    /// <summary>The component that varies after X.</summary>
    public long Y { get; }

    /// <summary>True when every component is 0.</summary>
    public bool IsFirst => X == 0 && Y == 0;

    /// <summary>The number of positions when this is an extent: the product of the components, which may overflow.</summary>
    public long Size => X * Y;

    /// <summary>Tells the dimensions and the width of this index apart from others at run time.</summary>
    public IndexType IndexType => IndexType.LongIndex2D;

    /// <summary>The smaller of each pair of components.</summary>
    public static LongIndex2D Min(LongIndex2D first, LongIndex2D second) => new(Math.Min(first.X, second.X), Math.Min(first.Y, second.Y));

    /// <summary>The larger of each pair of components.</summary>
    public static LongIndex2D Max(LongIndex2D first, LongIndex2D second) => new(Math.Max(first.X, second.X), Math.Max(first.Y, second.Y));

    /// <summary>Limits each component to [<paramref name="min"/>, <paramref name="max"/>], both ends included.</summary>
    public static LongIndex2D Clamp(LongIndex2D value, LongIndex2D min, LongIndex2D max) => Max(min, Min(max, value));

    /// <summary>The same position in 32 bits.</summary>
    /// <exception cref="OverflowException">A component does not fit.</exception>
    public Index2D ToIntIndex() => checked(new((int)X, (int)Y));

    /// <summary>True when every component is at least 0 and below that of <paramref name="dimension"/>.</summary>
    public bool InBounds(LongIndex2D dimension) =>
        X >= 0 && X < dimension.X && Y >= 0 && Y < dimension.Y;

    /// <summary>True when every component is at least 0 and at most that of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(LongIndex2D dimension) =>
        X >= 0 && X <= dimension.X && Y >= 0 && Y <= dimension.Y;

    /// <summary>The componentwise sum with <paramref name="rhs"/>.</summary>
    public LongIndex2D Add(LongIndex2D rhs) => this + rhs;

    /// <summary>The componentwise difference, this minus <paramref name="rhs"/>.</summary>
    public LongIndex2D Subtract(LongIndex2D rhs) => this - rhs;

    /// <summary>The components as a tuple, X first.</summary>
    public (long X, long Y) ToValueTuple() => (X, Y);

    /// <summary>Takes the components apart, X first.</summary>
    public void Deconstruct(out long x, out long y)
    {
        x = X;
        y = Y;
    }

    /// <summary>Reads a tuple, X first.</summary>
    public static implicit operator LongIndex2D((long X, long Y) values) => new(values.X, values.Y);

    /// <summary>The same position in 32 bits; see <see cref="ToIntIndex"/>.</summary>
    public static explicit operator Index2D(LongIndex2D index) => index.ToIntIndex();

    /// <summary>The componentwise sum.</summary>
    public static LongIndex2D Add(LongIndex2D first, LongIndex2D second) => new(first.X + second.X, first.Y + second.Y);

    /// <summary>The componentwise sum.</summary>
    public static LongIndex2D operator +(LongIndex2D first, LongIndex2D second) => Add(first, second);

    /// <summary>The componentwise difference.</summary>
    public static LongIndex2D Subtract(LongIndex2D first, LongIndex2D second) => new(first.X - second.X, first.Y - second.Y);

    /// <summary>The componentwise difference.</summary>
    public static LongIndex2D operator -(LongIndex2D first, LongIndex2D second) => Subtract(first, second);

    /// <summary>The componentwise product.</summary>
    public static LongIndex2D Multiply(LongIndex2D first, LongIndex2D second) => new(first.X * second.X, first.Y * second.Y);

    /// <summary>The componentwise product.</summary>
    public static LongIndex2D operator *(LongIndex2D first, LongIndex2D second) => Multiply(first, second);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static LongIndex2D Divide(LongIndex2D first, LongIndex2D second) => new(first.X / second.X, first.Y / second.Y);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static LongIndex2D operator /(LongIndex2D first, LongIndex2D second) => Divide(first, second);

    /// <summary>True when all components are equal.</summary>
    public static bool operator ==(LongIndex2D first, LongIndex2D second) => first.X == second.X && first.Y == second.Y;

    /// <summary>True when any component differs.</summary>
    public static bool operator !=(LongIndex2D first, LongIndex2D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(LongIndex2D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LongIndex2D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y);

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y})";
}
