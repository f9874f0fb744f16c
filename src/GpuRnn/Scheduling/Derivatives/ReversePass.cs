namespace GpuRnn.Scheduling.Derivatives;

/// <summary>The gradients of a function's terms, as further terms: the chain rule from the last term to the first.</summary>
/// <remarks>
/// Reverse accumulation (Linnainmaa 1970; Griewank and Walther, "Evaluating derivatives", 2008, chapter 3). Where a derivative can be said
/// by the operation's result, it is: 1 − y² for tanh, y (1 − y) for the logistic function, y for the exponential. A select, a maximum or a
/// minimum hands its gradient to the operand that it took; at the kink of one with a constant, as relu, there is none.
/// </remarks>
internal sealed class ReversePass
{
    private readonly TermTable _table;
    private readonly int _count;
    private readonly bool[] _isVariable;
    private readonly Dictionary<Term, Term> _gradients = [];

    /// <summary>Takes the terms that the table holds now as the function.</summary>
    public ReversePass(TermTable table)
    {
        _table = table;
        _count = table.Terms.Count;
        _isVariable = new bool[_count];
        foreach (Term term in table.Terms)
        {
            _isVariable[term.Index] = term.IsSlot || term.Operands.Any(operand => _isVariable[operand.Index]);
        }
    }

    /// <summary>Begins with the gradient of a term that is written.</summary>
    public void Seed(Term term, Term gradient)
    {
        Add(term, gradient);
    }

    /// <summary>Carries all gradients back to what was read.</summary>
    public void Run()
    {
        for (int index = _count - 1; index >= 0; index--)
        {
            Term term = _table.Terms[index];
            if (!term.IsSlot && _gradients.TryGetValue(term, out Term? gradient))
            {
                Spread(term, term.Operands, gradient);
            }
        }
    }

    /// <summary>The gradient of a term; null when nothing that is written depends on it smoothly.</summary>
    public Term? Gradient(Term term) => _gradients.GetValueOrDefault(term);

    private void Spread(Term term, IReadOnlyList<Term> operands, Term gradient)
    {
        switch (term.Kind)
        {
            case TermKind.Add:
                Add(operands[0], gradient);
                Add(operands[1], gradient);
                break;
            case TermKind.Subtract:
                Add(operands[0], gradient);
                Subtract(operands[1], gradient);
                break;
            case TermKind.Negate:
                Subtract(operands[0], gradient);
                break;
            case TermKind.Multiply:
                AddProduct(operands[0], gradient, operands[1]);
                AddProduct(operands[1], gradient, operands[0]);
                break;
            case TermKind.MultiplyAdd:
                AddProduct(operands[0], gradient, operands[1]);
                AddProduct(operands[1], gradient, operands[0]);
                Add(operands[2], gradient);
                break;
            case TermKind.Divide:
                Term quotient = _table.Apply(TermKind.Divide, gradient, operands[1]);
                Add(operands[0], quotient);
                AddProduct(operands[1], Negate(quotient), term);
                break;
            case TermKind.Max or TermKind.Min or TermKind.Abs or TermKind.SelectGreater:
                SpreadChoice(term, operands, gradient);
                break;
            default:
                SpreadFunction(term, operands[0], gradient);
                break;
        }
    }

    private void SpreadFunction(Term term, Term operand, Term gradient)
    {
        switch (term.Kind)
        {
            case TermKind.Tanh:
                AddProduct(operand, gradient, _table.Apply(TermKind.MultiplyAdd, Negate(term), term, _table.One));
                break;
            case TermKind.Sigmoid:
                AddProduct(operand, gradient, _table.Apply(TermKind.Multiply, term, _table.Apply(TermKind.Subtract, _table.One, term)));
                break;
            case TermKind.Exp:
                AddProduct(operand, gradient, term);
                break;
            case TermKind.Log:
                Add(operand, _table.Apply(TermKind.Divide, gradient, operand));
                break;
            case TermKind.Sqrt:
                Add(operand, _table.Apply(TermKind.Divide, _table.Apply(TermKind.Multiply, _table.Constant(0.5f), gradient), term));
                break;
            default:
                throw new InvalidOperationException($"ReversePass: {term.Kind} has no derivative here. Add it.");
        }
    }

    private void SpreadChoice(Term term, IReadOnlyList<Term> operands, Term gradient)
    {
        Term zero = _table.Zero;
        if (term.Kind == TermKind.SelectGreater)
        {
            Add(operands[2], Select(operands[0], operands[1], gradient, zero));
            Add(operands[3], Select(operands[0], operands[1], zero, gradient));
            return;
        }

        if (term.Kind == TermKind.Abs)
        {
            Add(operands[0], Select(operands[0], zero, gradient, Select(zero, operands[0], Negate(gradient), zero)));
            return;
        }

        bool isMax = term.Kind == TermKind.Max;
        if (IsVariable(operands[0]) && IsVariable(operands[1]))
        {
            (Term larger, Term smaller) = isMax ? (operands[0], operands[1]) : (operands[1], operands[0]);
            Add(operands[0], Select(larger, smaller, gradient, zero));
            Add(operands[1], Select(larger, smaller, zero, gradient));
        }
        else
        {
            // The result lies beyond the constant where the variable does, and the result need not be kept where it is a state.
            (Term variable, Term limit) = IsVariable(operands[0]) ? (operands[0], operands[1]) : (operands[1], operands[0]);
            Add(variable, isMax ? Select(term, limit, gradient, zero) : Select(limit, term, gradient, zero));
        }
    }

    private bool IsVariable(Term term) => _isVariable[term.Index];

    private Term Negate(Term term) => _table.Apply(TermKind.Negate, term);

    private Term Select(Term left, Term right, Term whenGreater, Term otherwise) =>
        _table.Apply(TermKind.SelectGreater, left, right, whenGreater, otherwise);

    private void Add(Term target, Term gradient)
    {
        if (IsVariable(target))
        {
            _gradients[target] = _gradients.TryGetValue(target, out Term? sum) ? _table.Apply(TermKind.Add, sum, gradient) : gradient;
        }
    }

    private void Subtract(Term target, Term gradient)
    {
        if (IsVariable(target))
        {
            _gradients[target] = _gradients.TryGetValue(target, out Term? sum) ? _table.Apply(TermKind.Subtract, sum, gradient) : Negate(gradient);
        }
    }

    private void AddProduct(Term target, Term left, Term right)
    {
        if (IsVariable(target))
        {
            _gradients[target] = _gradients.TryGetValue(target, out Term? sum)
                ? _table.Apply(TermKind.MultiplyAdd, left, right, sum)
                : _table.Apply(TermKind.Multiply, left, right);
        }
    }
}
