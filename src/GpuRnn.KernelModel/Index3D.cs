namespace GpuRnn.KernelModel;

/// <summary>A position or an extent in three dimensions, 32-bit a component; X varies fastest in linear order.</summary>
public readonly struct Index3D : IIndex, IEquatable<Index3D>
{
    /// <summary>The index whose components are all -1; no position in bounds equals it.</summary>
    public static Index3D Invalid => new(-1, -1, -1);

    /// <summary>The first position.</summary>
    public static Index3D Zero => default;

    /// <summary>The index whose components are all 1.</summary>
    public static Index3D One => new(1, 1, 1);

    /// <summary>Takes each component as given; nothing is checked.</summary>
    public Index3D(int x, int y, int z)
    {
        X = x;
        Y = y;
        Z = z;
    }

    /// <summary>Sets all components to the same <paramref name="value"/>.</summary>
    public Index3D(int value)
        : this(value, value, value)
    {
    }

    /// <summary>Takes X and Y from <paramref name="xy"/>.</summary>
    public Index3D(Index2D xy, int z)
        : this(xy.X, xy.Y, z)
    {
    }

    /// <summary>Takes the old X and Y of <paramref name="yz"/> as Y and Z.</summary>
    public Index3D(int x, Index2D yz)
        : this(x, yz.X, yz.Y)
    {
    }

    /// <summary>The first two components.</summary>
    public Index2D XY => new(X, Y);

    /// <summary>The last two components, as X and Y of the result.</summary>
    public Index2D YZ => new(Y, Z);

    /// <summary>The component that varies fastest in linear order.</summary>
    public int X { get; }

    /// <summary>The component that varies after X.</summary>
    public int Y { get; }

    /// <summary>The component that varies slowest.</summary>
    public int Z { get; }

    /// <summary>True when every component is 0.</summary>
    public bool IsFirst => X == 0 && Y == 0 && Z == 0;

    /// <summary>The number of positions when this is an extent: the product of the components, which may overflow.</summary>
    public int Size => X * Y * Z;

    /// <summary>The number of positions when this is an extent, computed in 64 bits.</summary>
    public long LongSize => (long)X * Y * Z;

    /// <summary>Tells the dimensions and the width of this index apart from others at run time.</summary>
    public IndexType IndexType => IndexType.Index3D;

    /// <summary>The smaller of each pair of components.</summary>
    public static Index3D Min(Index3D first, Index3D second) => new(Math.Min(first.X, second.X), Math.Min(first.Y, second.Y), Math.Min(first.Z, second.Z));

    /// <summary>The larger of each pair of components.</summary>
    public static Index3D Max(Index3D first, Index3D second) => new(Math.Max(first.X, second.X), Math.Max(first.Y, second.Y), Math.Max(first.Z, second.Z));

    /// <summary>Limits each component to [<paramref name="min"/>, <paramref name="max"/>], both ends included.</summary>
    public static Index3D Clamp(Index3D value, Index3D min, Index3D max) => Max(min, Min(max, value));

    /// <summary>The same position in 64 bits.</summary>
    public LongIndex3D ToLongIndex() => new(X, Y, Z);

    /// <summary>True when every component is at least 0 and below that of <paramref name="dimension"/>.</summary>
    public bool InBounds(Index3D dimension) =>
        X >= 0 && X < dimension.X && Y >= 0 && Y < dimension.Y && Z >= 0 && Z < dimension.Z;

    /// <summary>True when every component is at least 0 and at most that of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(Index3D dimension) =>
        X >= 0 && X <= dimension.X && Y >= 0 && Y <= dimension.Y && Z >= 0 && Z <= dimension.Z;

    /// <summary>The componentwise sum with <paramref name="rhs"/>.</summary>
    public Index3D Add(Index3D rhs) => this + rhs;

    /// <summary>The componentwise difference, this minus <paramref name="rhs"/>.</summary>
    public Index3D Subtract(Index3D rhs) => this - rhs;

    /// <summary>The components as a tuple, X first.</summary>
    public (int X, int Y, int Z) ToValueTuple() => (X, Y, Z);

    /// <summary>Takes the components apart, X first.</summary>
    public void Deconstruct(out int x, out int y, out int z)
    {
        x = X;
        y = Y;
        z = Z;
    }

    /// <summary>Reads a tuple, X first.</summary>
    public static implicit operator Index3D((int X, int Y, int Z) values) => new(values.X, values.Y, values.Z);

    /// <summary>The same position in 64 bits.</summary>
    public static implicit operator LongIndex3D(Index3D index) => index.ToLongIndex();

    /// <summary>The componentwise sum.</summary>
    public static Index3D Add(Index3D first, Index3D second) => new(first.X + second.X, first.Y + second.Y, first.Z + second.Z);

    /// <summary>The componentwise sum.</summary>
    public static Index3D operator +(Index3D first, Index3D second) => Add(first, second);

    /// <summary>The componentwise difference.</summary>
    public static Index3D Subtract(Index3D first, Index3D second) => new(first.X - second.X, first.Y - second.Y, first.Z - second.Z);

    /// <summary>The componentwise difference.</summary>
    public static Index3D operator -(Index3D first, Index3D second) => Subtract(first, second);

    /// <summary>The componentwise product.</summary>
    public static Index3D Multiply(Index3D first, Index3D second) => new(first.X * second.X, first.Y * second.Y, first.Z * second.Z);

    /// <summary>The componentwise product.</summary>
    public static Index3D operator *(Index3D first, Index3D second) => Multiply(first, second);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static Index3D Divide(Index3D first, Index3D second) => new(first.X / second.X, first.Y / second.Y, first.Z / second.Z);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static Index3D operator /(Index3D first, Index3D second) => Divide(first, second);

    /// <summary>True when all components are equal.</summary>
    public static bool operator ==(Index3D first, Index3D second) => first.X == second.X && first.Y == second.Y && first.Z == second.Z;

    /// <summary>True when any component differs.</summary>
    public static bool operator !=(Index3D first, Index3D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(Index3D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Index3D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y, Z);

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y}, {Z})";
}
