namespace GpuRnn.Tensors;

/// <summary>Range checks of constructor arguments, with the project's form of message.</summary>
internal static class ArgumentCheck
{
    public static void AtLeast(int value, int minimum, string where, string name, string meaning)
    {
        if (value < minimum)
        {
            Throw(where, name, value, $"at least {minimum}", meaning);
        }
    }

    public static void Positive(double value, string where, string name, string meaning)
    {
        if (!(double.IsFinite(value) && value > 0.0))
        {
            Throw(where, name, value, "finite and above 0", meaning);
        }
    }

    public static void NotNegative(double value, string where, string name, string meaning)
    {
        if (!(double.IsFinite(value) && value >= 0.0))
        {
            Throw(where, name, value, "finite and not below 0", meaning);
        }
    }

    public static void Below(double value, double limit, string where, string name, string meaning)
    {
        if (!(value < limit))
        {
            Throw(where, name, value, $"below {limit}", meaning);
        }
    }

    public static void Share(double value, string where, string name, string meaning)
    {
        if (!(value >= 0.0 && value < 1.0))
        {
            Throw(where, name, value, "at least 0 and below 1", meaning);
        }
    }

    private static void Throw(string where, string name, object value, string needed, string meaning)
    {
        throw new ArgumentOutOfRangeException(
            name, FormattableString.Invariant($"{where}: {name} is {value}, but must be {needed}. Pass {meaning}."));
    }
}
