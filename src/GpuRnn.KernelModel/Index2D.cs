namespace GpuRnn.KernelModel;

/// <summary>A position or an extent in two dimensions, 32-bit a component; X varies fastest in linear order.</summary>
public readonly struct Index2D : IIndex, IEquatable<Index2D>
{
    /// <summary>The index whose components are all -1; no position in bounds equals it.</summary>
    public static Index2D Invalid => new(-1, -1);

    /// <summary>The first position.</summary>
    public static Index2D Zero => default;

    /// <summary>The index whose components are all 1.</summary>
    public static Index2D One => new(1, 1);

    /// <summary>Takes each component as given; nothing is checked.</summary>
    public Index2D(int x, int y)
    {
        X = x;
        Y = y;
    }

    /// <summary>Sets all components to the same <paramref name="value"/>.</summary>
    public Index2D(int value)
        : this(value, value)
    {
    }

    /// <summary>The component that varies fastest in linear order.</summary>
    public int X { get; }

    /// <summary>The component that varies after X.</summary>
    public int Y { get; }

    /// <summary>True when every component is 0.</summary>
    public bool IsFirst => X == 0 && Y == 0;

    /// <summary>The number of positions when this is an extent: the product of the components, which may overflow.</summary>
    public int Size => X * Y;

    /// <summary>The number of positions when this is an extent, computed in 64 bits.</summary>
    public long LongSize => (long)X * Y;

    /// <summary>Tells the dimensions and the width of this index apart from others at run time.</summary>
    public IndexType IndexType => IndexType.Index2D;

    /// <summary>The smaller of each pair of components.</summary>
    public static Index2D Min(Index2D first, Index2D second) => new(Math.Min(first.X, second.X), Math.Min(first.Y, second.Y));

    /// <summary>The larger of each pair of components.</summary>
    public static Index2D Max(Index2D first, Index2D second) => new(Math.Max(first.X, second.X), Math.Max(first.Y, second.Y));

    /// <summary>Limits each component to [<paramref name="min"/>, <paramref name="max"/>], both ends included.</summary>
    public static Index2D Clamp(Index2D value, Index2D min, Index2D max) => Max(min, Min(max, value));

    /// <summary>The same position in 64 bits.</summary>
    public LongIndex2D ToLongIndex() => new(X, Y);

    /// <summary>True when every component is at least 0 and below that of <paramref name="dimension"/>.</summary>
    public bool InBounds(Index2D dimension) =>
        X >= 0 && X < dimension.X && Y >= 0 && Y < dimension.Y;

    /// <summary>True when every component is at least 0 and at most that of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(Index2D dimension) =>
        X >= 0 && X <= dimension.X && Y >= 0 && Y <= dimension.Y;

    /// <summary>The componentwise sum with <paramref name="rhs"/>.</summary>
    public Index2D Add(Index2D rhs) => this + rhs;

    /// <summary>The componentwise difference, this minus <paramref name="rhs"/>.</summary>
    public Index2D Subtract(Index2D rhs) => this - rhs;

    /// <summary>The components as a tuple, X first.</summary>
    public (int X, int Y) ToValueTuple() => (X, Y);

    /// <summary>Takes the components apart, X first.</summary>
    public void Deconstruct(out int x, out int y)
    {
        x = X;
        y = Y;
    }

    /// <summary>Reads a tuple, X first.</summary>
    public static implicit operator Index2D((int X, int Y) values) => new(values.X, values.Y);

    /// <summary>The same position in 64 bits.</summary>
    public static implicit operator LongIndex2D(Index2D index) => index.ToLongIndex();

    /// <summary>The componentwise sum.</summary>
    public static Index2D Add(Index2D first, Index2D second) => new(first.X + second.X, first.Y + second.Y);

    /// <summary>The componentwise sum.</summary>
    public static Index2D operator +(Index2D first, Index2D second) => Add(first, second);

    /// <summary>The componentwise difference.</summary>
    public static Index2D Subtract(Index2D first, Index2D second) => new(first.X - second.X, first.Y - second.Y);

    /// <summary>The componentwise difference.</summary>
    public static Index2D operator -(Index2D first, Index2D second) => Subtract(first, second);

    /// <summary>The componentwise product.</summary>
    public static Index2D Multiply(Index2D first, Index2D second) => new(first.X * second.X, first.Y * second.Y);

    /// <summary>The componentwise product.</summary>
    public static Index2D operator *(Index2D first, Index2D second) => Multiply(first, second);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static Index2D Divide(Index2D first, Index2D second) => new(first.X / second.X, first.Y / second.Y);

    /// <summary>The componentwise quotient, rounded towards zero.</summary>
    public static Index2D operator /(Index2D first, Index2D second) => Divide(first, second);

    /// <summary>True when all components are equal.</summary>
    public static bool operator ==(Index2D first, Index2D second) => first.X == second.X && first.Y == second.Y;

    /// <summary>True when any component differs.</summary>
    public static bool operator !=(Index2D first, Index2D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(Index2D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Index2D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y);

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y})";
}
