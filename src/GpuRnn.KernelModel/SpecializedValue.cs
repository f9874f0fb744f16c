namespace GpuRnn.KernelModel;

/// <summary>A kernel parameter that a compiler may take as a constant, with one compiled kernel for each value.</summary>
/// <typeparam name="T">The value; plain C# treats it as any other parameter.</typeparam>
public readonly struct SpecializedValue<T> : IEquatable<SpecializedValue<T>>
    where T : unmanaged, IEquatable<T>
{
    /// <summary>Marks <paramref name="value"/> as a constant of the launch.</summary>
    public SpecializedValue(T value)
    {
        Value = value;
    }

    /// <summary>The constant.</summary>
    public T Value { get; }

    /// <summary>The constant.</summary>
    public static implicit operator T(SpecializedValue<T> value) => value.Value;

    /// <summary>True when the constants are equal.</summary>
    public static bool operator ==(SpecializedValue<T> first, SpecializedValue<T> second) => first.Equals(second);

    /// <summary>True when the constants differ.</summary>
    public static bool operator !=(SpecializedValue<T> first, SpecializedValue<T> second) => !first.Equals(second);

    /// <inheritdoc/>
    public bool Equals(SpecializedValue<T> other) => Value.Equals(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SpecializedValue<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();
}
