namespace GpuRnn.KernelModel;

/// <summary>A position or an extent in three dimensions, 64-bit a component; X varies fastest in linear order.</summary>
public readonly struct LongIndex3D : IIndex, IEquatable<LongIndex3D>
{
    /// <summary>The index whose components are all -1; no position in bounds equals it.</summary>
    public static LongIndex3D Invalid => new(-1, -1, -1);

    /// <summary>The first position.</summary>
    public static LongIndex3D Zero => default;

    /// <summary>The index whose components are all 1.</summary>
    public static LongIndex3D One => new(1, 1, 1);

    /// <summary>Takes each component as given; nothing is checked.</summary>
    public LongIndex3D(long x, long y, long z)
    {
        X = x;
        Y = y;
        Z = z;
    }

    /// <summary>Sets all components to the same <paramref name="value"/>.</summary>
    public LongIndex3D(long value)
        : this(value, value, value)
    {
    }

    /// <summary>Takes X and Y from <paramref name="xy"/>.</summary>
    public LongIndex3D(LongIndex2D xy, long z)
        : this(xy.X, xy.Y, z)
    {
    }

    /// <summary>Takes the old X and Y of <paramref name="yz"/> as Y and Z.</summary>
    public LongIndex3D(long x, LongIndex2D yz)
        : this(x, yz.X, yz.Y)
    {
    }

    /// <summary>The first two components.</summary>
    public LongIndex2D XY => new(X, Y);

    /// <summary>The last two components, as X and Y of the result.</summary>
    public LongIndex2D YZ => new(Y, Z);

    /// <summary>The component that varies fastest in linear order.</summary>
    public long X { get; }

    /// <summary>The component that varies after X.</summary>
    public long Y { get; }

    /// <summary>The component that varies slowest.</summary>
    public long Z { get; }

    /// <summary>True when every component is 0.</summary>
    public bool IsFirst => X == 0 && Y == 0 && Z == 0;

    /// <summary>The number of positions when this is an extent: the product of the components, which may overflow.</summary>
    public long Size => X * Y * Z;

    /// <summary>Tells the dimensions and the width of this index apart from others at run time.</summary>
    public IndexType IndexType => IndexType.LongIndex3D;

    /// <summary>The smaller of each pair of components.</summary>
    public static LongIndex3D Min(LongIndex3D first, LongIndex3D second) => new(Math.Min(first.X, second.X), Math.Min(first.Y, second.Y), Math.Min(first.Z, second.Z));

    /// <summary>The larger of each pair of components.</summary>
    public static LongIndex3D Max(LongIndex3D first, LongIndex3D second) => new(Math.Max(first.X, second.X), Math.Max(first.Y, second.Y), Math.Max(first.Z, second.Z));

    /// <summary>Limits each component to [<paramref name="min"/>, <paramref name="max"/>], both ends included.</summary>
    public static LongIndex3D Clamp(LongIndex3D value, LongIndex3D min, LongIndex3D max) => Max(min, Min(max, value));

    /// <summary>The same position in 32 bits.</summary>
    /// <exception cref="OverflowException">A component does not fit.</exception>
    public Index3D ToIntIndex() => checked(new((int)X, (int)Y, (int)Z));

    /// <summary>True when every component is at least 0 and below that of <paramref name="dimension"/>.</summary>
    public bool InBounds(LongIndex3D dimension) =>
        X >= 0 && X < dimension.X && Y >= 0 && Y < dimension.Y && Z >= 0 && Z < dimension.Z;

    /// <summary>True when every component is at least 0 and at most that of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(LongIndex3D dimension) =>
        X >= 0 && X <= dimension.X && Y >= 0 && Y <= dimension.Y && Z >= 0 && Z <= dimension.Z;

    /// <summary>The componentwise sum with <paramref name="rhs"/>.</summary>
    public LongIndex3D Add(LongIndex3D rhs) => this + rhs;

    /// <summary>The componentwise difference, this minus <paramref name="rhs"/>.</summary>
    public LongIndex3D Subtract(LongIndex3D rhs) => this - rhs;

    /// <summary>The components as a tuple, X first.</summary>
    public (long X, long Y, long Z) ToValueTuple() => (X, Y, Z);

    /// <summary>Takes the components apart, X first.</summary>
    public void Deconstruct(out long x, out long y, out long z)
    {
        x = X;
        y = Y;
        z = Z;
    }

    /// <summary>Reads a tuple, X first.</summary>
    public static implicit operator LongIndex3D((long X, long Y, long Z) values) => new(values.X, values.Y, values.Z);

    /// <summary>The same position in 32 bits; see <see cref="ToIntIndex"/>.</summary>
    public static explicit operator Index3D(LongIndex3D index) => index.ToIntIndex();

    /// <summary>The componentwise sum.</summary>
    public static LongIndex3D Add(LongIndex3D first, LongIndex3D second) => new(first.X + second.X, first.Y + second.Y, first.Z + second.Z);

    /// <summary>The componentwise sum.</summary>
    public static LongIndex3D operator +(LongIndex3D first, LongIndex3D second) => Add(first, second);

    /// <summary>The componentwise difference.</summary>
    public static LongIndex3D Subtract(LongIndex3D first, LongIndex3D second) => new(first.X - second.X, first.Y - second.Y, first.Z - second.Z);

    /// <summary>The componentwise difference.</summary>
    public static LongIndex3D operator -(LongIndex3D first, LongIndex3D second) => Subtract(first, second);

    /// <summary>The componentwise product.</summary>
    public static LongIndex3D Multiply(LongIndex3D first, LongIndex3D second) => new(first.X * second.X, first.Y * second.Y, first.Z * second.Z);

    /// <summary>The componentwise product.</summary>
    public static LongIndex3D operator *(LongIndex3D first, LongIndex3D second) => Multiply(first, second);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static LongIndex3D Divide(LongIndex3D first, LongIndex3D second) => new(first.X / second.X, first.Y / second.Y, first.Z / second.Z);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static LongIndex3D operator /(LongIndex3D first, LongIndex3D second) => Divide(first, second);

    /// <summary>True when all components are equal.</summary>
    public static bool operator ==(LongIndex3D first, LongIndex3D second) => first.X == second.X && first.Y == second.Y && first.Z == second.Z;

    /// <summary>True when any component differs.</summary>
    public static bool operator !=(LongIndex3D first, LongIndex3D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(LongIndex3D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LongIndex3D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y, Z);

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y}, {Z})";
}
