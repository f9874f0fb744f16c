using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Generation;

/// <summary>Makes random statements; every loop ends after a few rounds.</summary>
internal sealed class StatementGenerator
{
    private const int MaximumLoopDepth = 2;

    private readonly SplitMix _random;
    private readonly ExpressionGenerator _expressions;
    private readonly List<Callee> _helpers;
    private readonly List<FuzzType> _structures;
    private readonly int _height;
    private readonly int _longestBlock;
    private int _next;

    internal StatementGenerator(SplitMix random, ExpressionGenerator expressions, List<Callee> helpers, List<FuzzType> structures, bool isLarge)
    {
        _height = isLarge ? 3 : 2;
        _longestBlock = isLarge ? 3 : 2;
        _random = random;
        _expressions = expressions;
        _helpers = helpers;
        _structures = structures;
    }

    /// <summary>A name that nothing else has.</summary>
    internal string NewName(string prefix) => $"{prefix}{_next++}";

    /// <summary>A type for a variable.</summary>
    internal FuzzType AnyType() => _structures.Count > 0 && _random.Chance(15) ? _random.Pick(_structures) : _random.Pick(FuzzType.Scalars);

    /// <summary>Appends statements; what they declare is in scope behind them.</summary>
    internal void Append(Scope scope, List<Statement> block, int count, int depth)
    {
        for (int i = 0; i < count; i++)
        {
            Statement? statement = One(scope, depth);
            if (statement is not null)
            {
                block.Add(statement);
            }
        }
    }

    /// <summary>A declaration with a random value.</summary>
    internal Statement Declare(Scope scope, FuzzType type)
    {
        Expression value = _expressions.Make(scope, type, _height);
        string name = NewName("v");
        scope.Add(new Variable(name, type, IsAssignable: true));
        return new Statement($"{type} {name} = $0;", [value]);
    }

    /// <summary>Statements whose declarations end with them.</summary>
    internal List<Statement> Block(Scope scope, int count, int depth)
    {
        (int, int) mark = scope.Mark();
        List<Statement> block = [];
        Append(scope, block, count, depth);
        scope.Release(mark);
        return block;
    }

    private Statement? One(Scope scope, int depth)
    {
        int choice = _random.Below(24);
        return choice switch
        {
            < 5 => Declare(scope, AnyType()),
            < 9 => Assign(scope),
            < 12 => Store(scope),
            < 15 when depth > 0 => If(scope, depth),
            < 18 when depth > 0 && scope.LoopDepth < MaximumLoopDepth => Loop(scope, depth),
            18 when depth > 0 => Switch(scope, depth),
            19 => CallStatement(scope),
            20 => Reference(scope),
            21 => Swap(scope),
            22 => Leave(scope),
            23 when scope.HasViews => LocalArray(scope),
            _ => Assign(scope),
        };
    }

    private Statement? Assign(Scope scope)
    {
        FuzzType type = AnyType();
        List<string> places = scope.Places(type, assignable: true);
        if (places.Count == 0)
        {
            return Declare(scope, type);
        }

        return type.IsInteger && _random.Chance(10)
            ? new Statement($"{_random.Pick(places)} {_random.Pick(["<<=", ">>=", ">>>="])} $0;", [_expressions.Make(scope, FuzzType.Int, 2)])
            : new Statement($"{_random.Pick(places)} {Operator(type)} $0;", [_expressions.Make(scope, type, _height)]);
    }

    private string Operator(FuzzType type) => type.IsStruct || _random.Chance(50) ? "="
        : type == FuzzType.Bool ? _random.Pick(["&=", "|=", "^="])
        : type.IsFloat ? _random.Pick(["+=", "-=", "*="])
        : _random.Pick(["+=", "-=", "*=", "&=", "|=", "^="]);

    private Statement? Store(Scope scope)
    {
        if (!scope.HasViews)
        {
            return Assign(scope);
        }

        if (scope.Arrays.Count > 0 && _random.Chance(25))
        {
            (string name, FuzzType element) = _random.Pick(scope.Arrays);
            return new Statement($"{name}[$0] {Operator(element)} $1;", [_expressions.Masked(scope, 8, 2), _expressions.Make(scope, element, _height)]);
        }

        FuzzType type = _random.Pick(FuzzType.Numbers);
        if (type == FuzzType.Int && _expressions.ChanceApart(20))
        {
            return StoreUnderTwoNames(scope);
        }

        string output = type == FuzzType.Int && _random.Chance(40) ? "aliasInt" : Array.Find(FuzzKernel.Views, view => view.Type == type).Output;
        return new Statement($"{output}[$0] {Operator(type)} $1;", [_expressions.OwnSlot(scope, 1), _expressions.Make(scope, type, _height)]);
    }

    private Statement StoreUnderTwoNames(Scope scope)
    {
        string value = NewName("v");
        string place = $"(item * {FuzzLayout.Slots}) + {_random.Below(FuzzLayout.Slots / 2)}";
        return new Statement(
            $"int {value} = $0; outInt[{place}] = {value}; aliasInt[{place}] += 3; outInt[{place}] *= {value};", [_expressions.Make(scope, FuzzType.Int, 2)]);
    }

    private Statement If(Scope scope, int depth)
    {
        Expression condition = _expressions.Make(scope, FuzzType.Bool, _height);
        List<Statement> then = Block(scope, 1 + _random.Below(_longestBlock), depth - 1);
        return _random.Chance(50)
            ? new Statement("if ($0) #0", [condition], then)
            : new Statement("if ($0) #0 else #1", [condition], then, Block(scope, 1 + _random.Below(_longestBlock), depth - 1));
    }

    private Statement Loop(Scope scope, int depth)
    {
        string counter = NewName("i");
        (int, int) mark = scope.Mark();
        Expression bound = _random.Chance(60)
            ? new Expression(FuzzType.Int, $"{1 + _random.Below(5)}")
            : new Expression(FuzzType.Int, "($0 & 3)", _expressions.Make(scope, FuzzType.Int, 2)) { IsBound = true };
        Expression condition = _expressions.Make(scope, FuzzType.Bool, 2);
        scope.LoopDepth++;
        scope.Add(new Variable(counter, FuzzType.Int, IsAssignable: false));
        List<Statement> body = [];
        int kind = _random.Below(5);
        if (kind >= 3)
        {
            body.Add(new Statement($"{counter}++;", []));
        }

        body.AddRange(Block(scope, 1 + _random.Below(_longestBlock), depth - 1));
        if (_random.Chance(40))
        {
            string jump = _random.Chance(50) ? "break" : "continue";
            body.Insert(
                body.Count == 0 ? 0 : 1 + _random.Below(body.Count),
                new Statement($"if ($0) {{ {jump}; }}", [_expressions.Make(scope, FuzzType.Bool, 2)]));
        }

        scope.LoopDepth--;
        scope.Release(mark);
        return kind switch
        {
            0 or 1 => new Statement($"for (int {counter} = 0; {counter} < $0; {counter}++) #0", [bound], body),
            2 => new Statement($"for (int {counter} = $0; {counter} > 0; {counter} -= 2) #0", [bound], body),
            3 => new Statement($"for (int {counter} = 0; {counter} < 4 && $0;) #0", [condition], body),
            _ => new Statement($"int {counter} = 0; do #0 while ({counter} < 3 && $0);", [condition], body),
        };
    }

    private Statement Switch(Scope scope, int depth)
    {
        Expression value = _random.Chance(60)
            ? new Expression(FuzzType.Int, "($0 & 3)", _expressions.Make(scope, FuzzType.Int, 2))
            : _expressions.Make(scope, FuzzType.Int, 2);
        List<Statement> Case() => Block(scope, 1 + _random.Below(2), depth - 1);
        string sparse = _random.Chance(30) ? "1000" : "2";
        return new Statement(
            $"switch ($0) {{ case 0: #0 break; case 1: case {sparse}: #1 break; case 3 when $1: #2 break; default: #3 break; }}",
            [value, _expressions.Make(scope, FuzzType.Bool, 2)],
            Case(), Case(), Case(), Case());
    }

    private Statement? CallStatement(Scope scope)
    {
        Expression? call = _helpers.Count == 0 ? null : _expressions.CallOf(scope, _random.Pick(_helpers), _height);
        if (call is null)
        {
            return Assign(scope);
        }

        string name = NewName("v");
        scope.Add(new Variable(name, call.Type, IsAssignable: true));
        return new Statement($"{call.Type} {name} = $0;", [call]);
    }

    private Statement? Reference(Scope scope)
    {
        FuzzType type = AnyType();
        List<string> places = scope.Places(type, assignable: true);
        if (places.Count == 0)
        {
            return null;
        }

        string name = NewName("r");
        Statement reference = new($"ref {type} {name} = ref {_random.Pick(places)};", []);
        scope.Add(new Variable(name, type, IsAssignable: true));
        return reference;
    }

    private Statement? Swap(Scope scope)
    {
        FuzzType type = AnyType();
        List<string> places = scope.Places(type, assignable: true);
        return places.Count < 2 ? null : new Statement($"({_random.Pick(places)}, {_random.Pick(places)}) = ($0, $1);",
            [_expressions.Make(scope, type, 1), _expressions.Make(scope, type, 1)]);
    }

    private Statement? Leave(Scope scope)
    {
        if (scope.Result is { } result)
        {
            return new Statement("if ($0) { return $1; }", [_expressions.Make(scope, FuzzType.Bool, 2), _expressions.Make(scope, result, 2)]);
        }

        // Rarely: what comes behind is not seen any more.
        return scope.MayLeave && _random.Chance(30) ? new Statement("if ($0 && argInt == 7) { return; }", [_expressions.Make(scope, FuzzType.Bool, 2)]) : null;
    }

    private Statement LocalArray(Scope scope)
    {
        FuzzType element = _random.Pick(FuzzType.Numbers);
        string name = NewName("a");
        string counter = NewName("i");
        Expression first = _expressions.Make(scope, element, 2);
        scope.AddArray(name, element);
        return new Statement(
            $"ArrayView<{element}> {name} = LocalMemory.Allocate<{element}>(8); for (int {counter} = 0; {counter} < 8; {counter}++) {{ {name}[{counter}] = ({element}){counter} + $0; }}",
            [first]);
    }
}
