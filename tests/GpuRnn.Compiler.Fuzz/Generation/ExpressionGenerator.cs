using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Generation;

/// <summary>Makes random expressions whose meaning C# defines, and defines alike on every machine.</summary>
/// <remarks>Left out: division by zero and of the smallest number by −1, which throw, and the bits of NaN, which the hardware chooses.</remarks>
internal sealed class ExpressionGenerator
{
    private readonly SplitMix _random;
    private readonly SplitMix _apart;
    private readonly List<Callee> _helpers;

    /// <param name="random">Chooses what is computed.</param>
    /// <param name="apart">Chooses, apart from the other, which constants the C# compiler does not get to see, and what is repeated.</param>
    /// <param name="helpers">What can be called; grows later.</param>
    internal ExpressionGenerator(SplitMix random, SplitMix apart, List<Callee> helpers)
    {
        _random = random;
        _apart = apart;
        _helpers = helpers;
    }

    /// <summary>True in <paramref name="percent"/> of a hundred cases, without a change of what comes behind.</summary>
    internal bool ChanceApart(int percent) => _apart.Chance(percent);

    /// <summary>An expression of a type; <paramref name="depth"/> bounds its height.</summary>
    internal Expression Make(Scope scope, FuzzType type, int depth)
    {
        if (depth <= 0 || _random.Chance(20))
        {
            return Leaf(scope, type);
        }

        if (type.IsStruct)
        {
            return Structure(scope, type, depth);
        }

        return _random.Below(14) switch
        {
            0 => new Expression(type, "($0 ? $1 : $2)", Make(scope, FuzzType.Bool, depth - 1), Make(scope, type, depth - 1), Make(scope, type, depth - 1)),
            1 => Call(scope, type, depth),
            2 when !type.IsFloat && type != FuzzType.Bool => SwitchExpression(scope, type, depth),
            3 => Assignment(scope, type, depth),
            _ => OfConstants(type == FuzzType.Bool ? Condition(scope, depth) : type.IsInteger ? Integer(scope, type, depth) : Real(scope, type, depth), percent: 12),
        };
    }

    // The C# compiler computes with the literals that it sees; behind a call, which only our compiler inlines, they are left to our passes.
    private static Expression Known(Expression literal) => new(literal.Type, "Known($0)", literal);

    private Expression OfConstants(Expression operation, int percent)
    {
        if (_apart.Chance(percent))
        {
            for (int i = 0; i < operation.Operands.Length; i++)
            {
                operation.Operands[i] = Known(Literals.Literal(_apart, operation.Operands[i].Type, smallPercent: 20));
            }
        }

        return operation;
    }

    /// <summary>The element of a view or array that an index below <paramref name="count"/> chooses.</summary>
    internal Expression Masked(Scope scope, int count, int depth)
    {
        FuzzType type = _random.Chance(70) ? FuzzType.Int : FuzzType.Long;
        Expression index = Make(scope, type, depth);
        return new Expression(type, $"($0 & {count - 1})", index) { IsBound = true };
    }

    /// <summary>The slot of an output that the work-item may write at any time.</summary>
    internal Expression OwnSlot(Scope scope, int depth) =>
        new(FuzzType.Int, $"((item * {FuzzLayout.Slots}) + ($0 & {(FuzzLayout.Slots / 2) - 1}))", Make(scope, FuzzType.Int, depth)) { IsBound = true };

    /// <summary>A call of <paramref name="helper"/>; null when it takes a reference of a type of which there is no variable.</summary>
    internal Expression? CallOf(Scope scope, Callee helper, int depth)
    {
        List<Expression> operands = [];
        List<string> arguments = [];
        foreach ((FuzzType type, string mode) in helper.Parameters)
        {
            List<string> places = mode.Length == 0 ? [] : scope.Places(type, assignable: mode != "in ");
            if (mode == "out " && (places.Count == 0 || _random.Chance(30)))
            {
                arguments.Add("out _");
            }
            else if (mode.Length > 0 && places.Count == 0)
            {
                return null;
            }
            else if (mode.Length > 0)
            {
                arguments.Add(mode + _random.Pick(places));
            }
            else
            {
                arguments.Add($"${operands.Count}");
                operands.Add(Make(scope, type, Math.Min(depth - 1, 2)));
            }
        }

        return new Expression(helper.Result, $"{helper.Name}({string.Join(", ", arguments)})", [.. operands]);
    }

    private Expression Leaf(Scope scope, FuzzType type)
    {
        List<string> places = scope.Places(type, assignable: false);
        int choice = _random.Below(10);
        if (places.Count > 0 && choice < 6)
        {
            return new Expression(type, _random.Pick(places));
        }

        if (type.IsStruct)
        {
            return new Expression(type, type.Zero);
        }

        if (scope.HasViews && type != FuzzType.Bool && choice < 9)
        {
            return Element(scope, type);
        }

        Expression literal = Literals.Literal(_random, type);
        return _apart.Chance(50) ? Known(literal) : literal;
    }

    private Expression Element(Scope scope, FuzzType type)
    {
        (_, string input, string output) = Array.Find(FuzzKernel.Views, view => view.Type == type);
        switch (_random.Below(7))
        {
            case 0:
                return new Expression(type, $"{output}[$0]", OwnSlot(scope, 1));
            case 1 when type == FuzzType.Int:
                return new Expression(type, "aliasInt[$0]", OwnSlot(scope, 1));
            case 2:
                return new Expression(type, $"{input}.SubView(4, 8)[$0]", new Expression(FuzzType.Int, "($0 & 7)", Make(scope, FuzzType.Int, 1)) { IsBound = true });
            case 3 when scope.Arrays.Any(array => array.Element == type):
                (string name, _) = _random.Pick([.. scope.Arrays.Where(array => array.Element == type)]);
                return new Expression(type, $"{name}[$0]", Masked(scope, 8, 1));
            case 4 when type == FuzzType.Int:
                return new Expression(type, $"{input}.IntLength");
            default:
                return new Expression(type, $"{input}[$0]", _random.Chance(70) ? new Expression(FuzzType.Int, "item") : Masked(scope, FuzzLayout.Items, 1));
        }
    }

    private Expression Structure(Scope scope, FuzzType type, int depth)
    {
        if (_random.Chance(30))
        {
            return new Expression(
                type, "($0 ? $1 : $2)", Make(scope, FuzzType.Bool, depth - 1), Make(scope, type, depth - 1), Make(scope, type, depth - 1));
        }

        Expression[] fields = [.. type.Fields.Select(field => Make(scope, field.Type, depth - 2))];
        string assignments = string.Join(", ", type.Fields.Select((field, i) => $"{field.Name} = ${i}"));
        return new Expression(type, $"new {type} {{ {assignments} }}", fields);
    }

    private Expression Call(Scope scope, FuzzType type, int depth)
    {
        Callee[] fitting = [.. _helpers.Where(helper => helper.Result == type)];
        return (fitting.Length == 0 ? null : CallOf(scope, _random.Pick(fitting), depth)) ?? Leaf(scope, type);
    }

    private Expression SwitchExpression(Scope scope, FuzzType type, int depth)
    {
        int first = _random.Below(4);
        string arms = $"{first} => $1, {first + 1} => $2, {first + 3} => $3, > 100 => $4, _ => $5";
        return new Expression(
            type, $"($0 switch {{ {arms} }})",
            [_random.Chance(50) ? new Expression(FuzzType.Int, "($0 & 7)", Make(scope, FuzzType.Int, depth - 1)) : Make(scope, FuzzType.Int, depth - 1),
            .. Enumerable.Range(0, 5).Select(_ => Make(scope, type, depth - 2))]);
    }

    // An assignment inside an expression: later operands see it, earlier ones do not.
    private Expression Assignment(Scope scope, FuzzType type, int depth)
    {
        List<string> places = scope.Places(type, assignable: true);
        if (places.Count == 0)
        {
            return Leaf(scope, type);
        }

        string place = _random.Pick(places);
        if (type.IsInteger && _random.Chance(50))
        {
            return new Expression(type, _random.Pick<string>([$"({place}++)", $"(++{place})", $"({place}--)", $"(--{place})"]));
        }

        string symbol = type == FuzzType.Bool ? _random.Pick(["=", "^=", "&=", "|="]) : _random.Pick(["=", "+=", "-=", "*="]);
        return new Expression(type, $"({place} {symbol} $0)", Make(scope, type, depth - 1));
    }

    private Expression Condition(Scope scope, int depth)
    {
        Expression Operand(FuzzType type) => Make(scope, type, depth - 1);
        FuzzType type = _random.Pick(FuzzType.Numbers);
        return _random.Below(10) switch
        {
            0 => new Expression(FuzzType.Bool, "($0 && $1)", Operand(FuzzType.Bool), Operand(FuzzType.Bool)),
            1 => new Expression(FuzzType.Bool, "($0 || $1)", Operand(FuzzType.Bool), Operand(FuzzType.Bool)),
            2 => new Expression(FuzzType.Bool, "(!$0)", Operand(FuzzType.Bool)),
            3 => new Expression(FuzzType.Bool, $"($0 {_random.Pick(["==", "!=", "^", "&", "|"])} $1)", Operand(FuzzType.Bool), Operand(FuzzType.Bool)),
            4 when type.IsFloat => new Expression(FuzzType.Bool, $"{type}.{_random.Pick(["IsNaN", "IsInfinity", "IsFinite"])}($0)", Operand(type)),
            _ => new Expression(FuzzType.Bool, $"($0 {_random.Pick(["==", "!=", "<", "<=", ">", ">="])} $1)", Operand(type), Operand(type)),
        };
    }

    private Expression Integer(Scope scope, FuzzType type, int depth)
    {
        Expression Operand(FuzzType wanted) => Make(scope, wanted, depth - 1);
        switch (_random.Below(13))
        {
            case 0:
                return OfConstants(new Expression(type, $"($0 {_random.Pick(["<<", ">>", ">>>"])} $1)", Operand(type), Operand(FuzzType.Int)), percent: 40);
            case 1:
                string divisor = type.IsUnsigned || _random.Chance(70) ? "(($1 & 31) | 1)" : "(-(($1 & 31) + 2))";
                return OfConstants(new Expression(type, $"($0 {_random.Pick(["/", "%"])} {divisor})", Operand(type), Operand(type)), percent: 40);
            case 2:
                return new Expression(type, type.IsUnsigned ? "(~$0)" : _random.Pick(["(-$0)", "(~$0)"]), Operand(type));
            case 3:
                FuzzType source = _random.Pick(FuzzType.Numbers);
                return new Expression(type, $"({type})$0", Parenthesised(Operand(source)));
            case 4:
                FuzzType narrowed = _random.Pick(FuzzType.Integers);
                return new Expression(type, $"({type})({_random.Pick(["byte", "sbyte", "short", "ushort"])})$0", Parenthesised(Operand(narrowed)));
            case 5:
                return new Expression(type, $"Math.{_random.Pick(["Min", "Max"])}($0, $1)", Operand(type), Operand(type));
            case 6:
                return new Expression(type, $"({type})($0 ? 1 : 0)", Operand(FuzzType.Bool));
            case 7 when type == FuzzType.Int:
                return new Expression(type, "Bits($0)", Operand(FuzzType.Float));
            case 7 when type == FuzzType.Long:
                return new Expression(type, "Bits($0)", Operand(FuzzType.Double));
            case 8 when type != FuzzType.ULong:
                FuzzType other = _random.Pick([FuzzType.Int, FuzzType.UInt, FuzzType.Long]);
                return new Expression(type, $"({type})($0 {_random.Pick(["+", "-", "*", "&", "^"])} $1)", Operand(type), Operand(other));
            default:
                return new Expression(type, $"($0 {_random.Pick(["+", "-", "*", "&", "|", "^"])} $1)", Operand(type), Operand(type));
        }
    }

    private Expression Real(Scope scope, FuzzType type, int depth)
    {
        Expression Operand(FuzzType wanted) => Make(scope, wanted, depth - 1);
        string math = type == FuzzType.Float ? "MathF" : "Math";
        return _random.Below(11) switch
        {
            0 => new Expression(type, $"({type})$0", Parenthesised(Operand(_random.Pick(FuzzType.Numbers)))),
            1 => new Expression(type, $"{math}.FusedMultiplyAdd($0, $1, $2)", Operand(type), Operand(type), Operand(type)),
            2 => new Expression(type, $"{math}.{_random.Pick(["Abs", "Sqrt", "Floor", "Ceiling", "Truncate", "Round"])}($0)", Operand(type)),
            3 => new Expression(type, "(-$0)", Operand(type)),
            4 => new Expression(type, "($0 / $1)", Operand(type), Operand(type)),
            5 => new Expression(type, "($0 % $1)", Operand(type), Operand(type)),
            _ => new Expression(type, $"($0 {_random.Pick(["+", "-", "*"])} $1)", Operand(type), Operand(type)),
        };
    }

    private static Expression Parenthesised(Expression inner) => new(inner.Type, "($0)", inner);
}
