using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Derivatives;

/// <summary>A step function with its derivatives: what each of the two passes writes to which slot.</summary>
/// <remarks>
/// The backward pass cannot read products, and what it reads must have been kept. A term is at hand there when a slot holds it or cheap
/// operations make it again from what is at hand; of all others that derivatives name the forward pass keeps the value.
/// </remarks>
internal sealed class NodeProgram
{
    // The kernels that run all steps in one launch hold so many values of a cell.
    private const int UsualValueCount = 4;

    private readonly TermTable _table = new();
    private readonly int _forwardCount;
    private readonly Dictionary<Term, (string Slot, int Number)> _held = [];
    private readonly Dictionary<Term, (string Slot, int Number)> _kept = [];
    private readonly List<SlotWrite> _forward = [];
    private readonly List<SlotWrite> _backward = [];

    /// <summary>Derives the backward pass.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="publishedValues">Those of its values that other nodes, products or reductions read.</param>
    /// <param name="firstKeptValue">The number of the first value that may be kept.</param>
    public NodeProgram(StepTrace trace, IReadOnlyList<int> publishedValues, int firstKeptValue)
    {
        Term[] reads = [.. trace.Reads.Select(_table.Intern)];
        foreach ((int state, Term term) in trace.States)
        {
            Write(nameof(IStepSlots<Traced>.SetState), nameof(IStepGradientSlots<Traced>.NextState), state, term);
        }

        foreach (int value in publishedValues)
        {
            Write(nameof(IStepSlots<Traced>.SetValue), nameof(IStepGradientSlots<Traced>.Value), value, trace.Values[value]);
        }

        _forwardCount = _table.Terms.Count;
        ReversePass reverse = new(_table);
        foreach (SlotWrite write in _forward.ToArray())
        {
            bool isState = write.Method == nameof(IStepSlots<Traced>.SetState);
            reverse.Seed(write.Term, _table.Read(isState ? TermKind.StateGradient : TermKind.ValueGradient, write.Slot));
        }

        reverse.Run();
        foreach (Term read in reads)
        {
            if (reverse.Gradient(read) is Term gradient)
            {
                _backward.Add(new SlotWrite(GradientMethod(read.Kind), read.Slot, gradient));
            }
            else if (read.Kind is TermKind.Input or TermKind.Product)
            {
                _backward.Add(new SlotWrite(GradientMethod(read.Kind), read.Slot, _table.Zero));
            }
        }

        Keep(firstKeptValue);
    }

    /// <summary>What the forward pass writes: states, values that others read, and values kept for the backward pass.</summary>
    public IReadOnlyList<SlotWrite> Forward => _forward;

    /// <summary>What the backward pass writes: the gradient of everything read.</summary>
    public IReadOnlyList<SlotWrite> Backward => _backward;

    /// <summary>Values kept for the backward pass alone.</summary>
    public int KeptCount => _kept.Count;

    /// <summary>True for terms of the function itself, false for those of its derivatives.</summary>
    public bool IsForward(Term term) => term.Index < _forwardCount;

    /// <summary>The slot of the backward pass that holds a term; null when it must be computed.</summary>
    public (string Method, int Slot)? BackwardSlot(Term term) =>
        _held.TryGetValue(term, out (string, int) held) ? held
        : _kept.TryGetValue(term, out (string, int) kept) ? kept
        : term.IsSlot ? (term.Kind.ToString(), term.Slot)
        : null;

    /// <summary>The input slot whose gradient always is that of a product block; null when none is.</summary>
    public int? InputTiedTo(int product)
    {
        Term? gradient = _backward.Find(write => write.Method == GradientMethod(TermKind.Product) && write.Slot == product)?.Term;
        return gradient is null ? null : _backward.Find(write => write.Method == GradientMethod(TermKind.Input) && write.Term == gradient)?.Slot;
    }

    /// <summary>Both passes as text, the same for the same program.</summary>
    public override string ToString()
    {
        string Write(SlotWrite write) => $"{write.Method} {write.Slot} = {write.Term.Index}";
        string Held(KeyValuePair<Term, (string Slot, int Number)> pair) => $"{pair.Key.Index} in {pair.Value.Slot} {pair.Value.Number}";
        return string.Join('\n',
        [
            .. _table.Terms.Select(term =>
                $"{term.Index}: {term.Kind} {term.Slot} {BitConverter.SingleToInt32Bits(term.Number)} {string.Join(' ', term.Operands.Select(operand => operand.Index))}"),
            "forward", .. _forward.Select(Write),
            "backward", .. _backward.Select(Write),
            "held", .. _held.Concat(_kept).Select(Held),
        ]);
    }

    private static string GradientMethod(TermKind kind) => kind switch
    {
        TermKind.Input => nameof(IStepGradientSlots<Traced>.SetInputGradient),
        TermKind.Product => nameof(IStepGradientSlots<Traced>.SetProductGradient),
        TermKind.State => nameof(IStepGradientSlots<Traced>.AddStateGradient),
        TermKind.NextState => nameof(IStepGradientSlots<Traced>.AddNextStateGradient),
        TermKind.Value => nameof(IStepGradientSlots<Traced>.AddValueGradient),
        TermKind.Parameter => nameof(IStepGradientSlots<Traced>.AddParameterGradient),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "only what a function reads has a gradient"),
    };

    private void Write(string method, string readBack, int slot, Term written)
    {
        Term term = _table.Intern(written);
        _forward.Add(new SlotWrite(method, slot, term));
        if (term.Kind is TermKind.Product || !(term.IsSlot || term.Kind == TermKind.Constant))
        {
            _held.TryAdd(term, (readBack, slot));
        }
    }

    // Few values if they are enough; else functions are computed twice rather than kept, where that needs fewer.
    private void Keep(int firstKeptValue)
    {
        List<Term> needed = [];
        HashSet<Term> seen = [];
        foreach (SlotWrite write in _backward)
        {
            FindNeeded(write.Term, seen, needed);
        }

        needed.Sort((left, right) => left.Index.CompareTo(right.Index));
        List<Term> kept = Choose(needed, isFrugal: false);
        if (kept.Count > UsualValueCount)
        {
            List<Term> fewer = Choose(needed, isFrugal: true);
            kept = fewer.Count < kept.Count ? fewer : kept;
        }

        foreach (Term term in kept)
        {
            _kept.Add(term, (nameof(IStepGradientSlots<Traced>.Value), firstKeptValue + _kept.Count));
            _forward.Add(new SlotWrite(nameof(IStepSlots<Traced>.SetValue), firstKeptValue + _kept.Count - 1, term));
        }
    }

    private void FindNeeded(Term term, HashSet<Term> seen, List<Term> needed)
    {
        if (!seen.Add(term))
        {
            return;
        }

        if (IsForward(term))
        {
            needed.Add(term);
            return;
        }

        foreach (Term operand in term.Operands)
        {
            FindNeeded(operand, seen, needed);
        }
    }

    private List<Term> Choose(List<Term> needed, bool isFrugal)
    {
        List<Term> kept = [];
        bool IsLoaded(Term term) => _held.ContainsKey(term) || kept.Contains(term) || (term.IsSlot && term.Kind != TermKind.Product);
        bool IsAtHand(Term term) => IsLoaded(term) || term.Kind == TermKind.Constant
            || (term.Operands.Count > 0 && term.Operands.All(IsAtHand) && (term.IsCheap || isFrugal || term.Operands.All(IsLoadedOrConstant)));
        bool IsLoadedOrConstant(Term term) => term.Kind == TermKind.Constant || (IsLoaded(term) && !kept.Contains(term));
        foreach (Term term in needed.Where(term => !IsAtHand(term)))
        {
            kept.Add(term);
        }

        return kept;
    }
}
