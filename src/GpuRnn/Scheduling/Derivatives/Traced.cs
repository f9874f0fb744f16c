using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Scheduling.Derivatives;

/// <summary>A lane that computes nothing and remembers every operation: what a step function makes of it is the function itself.</summary>
/// <remarks>No lane gives a number back to the function, so a function cannot branch on one, and one run shows all that it ever does.</remarks>
internal readonly struct Traced : IReal<Traced>
{
    private readonly Term? _term;

    /// <summary>Wraps a term.</summary>
    public Traced(Term term)
    {
        _term = term;
    }

    /// <inheritdoc/>
    public static Traced Zero => Constant(0.0f);

    /// <inheritdoc/>
    public static Traced One => Constant(1.0f);

    /// <summary>What was done; zero for a lane that nothing was written to, as for numbers.</summary>
    public Term Term => _term ?? Term.Constant(0.0f);

    /// <inheritdoc/>
    public static Traced Constant(float value) => new(Term.Constant(value));

    /// <inheritdoc/>
    public static Traced operator +(Traced left, Traced right) => Apply(TermKind.Add, left, right);

    /// <inheritdoc/>
    public static Traced operator -(Traced left, Traced right) => Apply(TermKind.Subtract, left, right);

    /// <inheritdoc/>
    public static Traced operator *(Traced left, Traced right) => Apply(TermKind.Multiply, left, right);

    /// <inheritdoc/>
    public static Traced operator /(Traced left, Traced right) => Apply(TermKind.Divide, left, right);

    /// <inheritdoc/>
    public static Traced operator -(Traced value) => Apply(TermKind.Negate, value);

    /// <inheritdoc/>
    public static Traced MultiplyAdd(Traced left, Traced right, Traced addend) => Apply(TermKind.MultiplyAdd, left, right, addend);

    /// <inheritdoc/>
    public static Traced Abs(Traced value) => Apply(TermKind.Abs, value);

    /// <inheritdoc/>
    public static Traced Max(Traced left, Traced right) => Apply(TermKind.Max, left, right);

    /// <inheritdoc/>
    public static Traced Min(Traced left, Traced right) => Apply(TermKind.Min, left, right);

    /// <inheritdoc/>
    public static Traced Sqrt(Traced value) => Apply(TermKind.Sqrt, value);

    /// <inheritdoc/>
    public static Traced Exp(Traced value) => Apply(TermKind.Exp, value);

    /// <inheritdoc/>
    public static Traced Log(Traced value) => Apply(TermKind.Log, value);

    /// <inheritdoc/>
    public static Traced Tanh(Traced value) => Apply(TermKind.Tanh, value);

    /// <inheritdoc/>
    public static Traced Sigmoid(Traced value) => Apply(TermKind.Sigmoid, value);

    /// <inheritdoc/>
    public static Traced SelectGreater(Traced left, Traced right, Traced whenGreater, Traced otherwise) =>
        Apply(TermKind.SelectGreater, left, right, whenGreater, otherwise);

    private static Traced Apply(TermKind kind, params Traced[] operands)
    {
        return new Traced(new Term(kind, 0, 0.0f, [.. operands.Select(operand => operand.Term)]));
    }
}
