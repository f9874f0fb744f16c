namespace GpuRnn.Scheduling.Derivatives;

/// <summary>The terms of a function, each once, operands before what they are used in.</summary>
/// <remarks>Operations have no side effects and nothing is contracted, so computing equal terms once changes no bit.</remarks>
internal sealed class TermTable
{
    private readonly Dictionary<TermKey, Term> _known = [];
    private readonly Dictionary<Term, Term> _interned = new(ReferenceEqualityComparer.Instance);
    private readonly List<Term> _terms = [];

    /// <summary>All terms so far.</summary>
    public IReadOnlyList<Term> Terms => _terms;

    /// <summary>The constant zero.</summary>
    public Term Zero => Constant(0.0f);

    /// <summary>The constant one.</summary>
    public Term One => Constant(1.0f);

    /// <summary>A constant.</summary>
    public Term Constant(float number) => Find(TermKind.Constant, 0, number, []);

    /// <summary>What a slot holds.</summary>
    public Term Read(TermKind kind, int slot) => Find(kind, slot, 0.0f, []);

    /// <summary>An operation on terms of this table; a factor of one is left out.</summary>
    public Term Apply(TermKind kind, params Term[] operands)
    {
        return kind switch
        {
            TermKind.Multiply when operands[0] == One => operands[1],
            TermKind.Multiply when operands[1] == One => operands[0],
            TermKind.MultiplyAdd when operands[0] == One => Apply(TermKind.Add, operands[1], operands[2]),
            TermKind.MultiplyAdd when operands[1] == One => Apply(TermKind.Add, operands[0], operands[2]),
            _ => Find(kind, 0, 0.0f, operands),
        };
    }

    /// <summary>This table's term that equals one made outside it.</summary>
    public Term Intern(Term term)
    {
        if (!_interned.TryGetValue(term, out Term? own))
        {
            own = Find(term.Kind, term.Slot, term.Number, [.. term.Operands.Select(Intern)]);
            _interned.Add(term, own);
        }

        return own;
    }

    private Term Find(TermKind kind, int slot, float number, Term[] operands)
    {
        Term? Operand(int index) => index < operands.Length ? operands[index] : null;
        TermKey key = new(kind, slot, BitConverter.SingleToInt32Bits(number), Operand(0), Operand(1), Operand(2), Operand(3));
        if (!_known.TryGetValue(key, out Term? term))
        {
            term = new Term(kind, slot, number, operands) { Index = _terms.Count };
            _known.Add(key, term);
            _terms.Add(term);
        }

        return term;
    }
}
