namespace GpuRnn.Scheduling.Derivatives;

/// <summary>One operation of a step function, with what it is applied to.</summary>
internal sealed class Term(TermKind kind, int slot, float number, params Term[] operands)
{
    /// <summary>What it is.</summary>
    public TermKind Kind { get; } = kind;

    /// <summary>The slot that it reads, 0 for an operation.</summary>
    public int Slot { get; } = slot;

    /// <summary>The number that it is, 0 for all but constants.</summary>
    public float Number { get; } = number;

    /// <summary>What the operation is applied to, in the order of <c>IReal</c>'s parameters.</summary>
    public IReadOnlyList<Term> Operands { get; } = operands;

    /// <summary>Its place in its table, where operands come first; −1 outside a table.</summary>
    public int Index { get; init; } = -1;

    /// <summary>True for what is read from a slot.</summary>
    public bool IsSlot => Kind is > TermKind.Constant and < TermKind.Add;

    /// <summary>True for operations that cost a processor no more than a load does.</summary>
    public bool IsCheap => Kind is TermKind.Add or TermKind.Subtract or TermKind.Multiply or TermKind.Negate or TermKind.MultiplyAdd
        or TermKind.Abs or TermKind.Max or TermKind.Min or TermKind.SelectGreater;

    /// <summary>A constant.</summary>
    public static Term Constant(float number) => new(TermKind.Constant, 0, number);
}
