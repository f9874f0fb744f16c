namespace GpuRnn.Devices;

/// <summary>Whether something can be done, and why or why not.</summary>
public readonly struct SupportAnswer : IEquatable<SupportAnswer>
{
    private readonly string? _reason;

    private SupportAnswer(bool isSupported, string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        IsSupported = isSupported;
        _reason = reason;
    }

    /// <summary>True when it can be done; false in the default value.</summary>
    public bool IsSupported { get; }

    /// <summary>Why or why not, one sentence for users.</summary>
    public string Reason => _reason ?? "nobody was asked";

    /// <summary>It can be done, because of <paramref name="reason"/>.</summary>
    public static SupportAnswer Yes(string reason) => new(true, reason);

    /// <summary>It cannot be done, because of <paramref name="reason"/>.</summary>
    public static SupportAnswer No(string reason) => new(false, reason);

    /// <summary>True when answer and reason are equal.</summary>
    public static bool operator ==(SupportAnswer left, SupportAnswer right) => left.Equals(right);

    /// <summary>True when answer or reason differs.</summary>
    public static bool operator !=(SupportAnswer left, SupportAnswer right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(SupportAnswer other) => IsSupported == other.IsSupported && Reason == other.Reason;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SupportAnswer other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsSupported, Reason);

    /// <inheritdoc/>
    public override string ToString() => $"{(IsSupported ? "yes" : "no")}: {Reason}";
}
