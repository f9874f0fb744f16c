using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Generation;

/// <summary>Makes the kernel of a seed: structures, helpers, the body, and at the end stores of everything that is still in scope.</summary>
internal sealed class KernelGenerator
{
    private static readonly (string Function, int AllowedUlp)[] s_approximate =
    [
        // What OpenCL C 1.2 allows (table 7.1), and one unit for the host's own error.
        ("MathF.Exp", 3 + 1), ("MathF.Log", 3 + 1), ("MathF.Tanh", 5 + 1), ("MathF.Atan", 5 + 1), ("MathF.Sin", 4 + 1), ("MathF.Cos", 4 + 1),
        ("MathF.Log2", 3 + 1),
    ];

    private readonly SplitMix _random;
    private readonly FuzzKernel _kernel;
    private readonly List<Callee> _helpers = [];
    private readonly List<FuzzType> _structures = [];
    private readonly ExpressionGenerator _expressions;
    private readonly StatementGenerator _statements;
    private readonly bool _isLarge;

    private KernelGenerator(ulong seed)
    {
        // Neighbouring seeds shall have nothing in common.
        _random = new SplitMix(seed * 0xD1342543DE82EF95);
        _kernel = new FuzzKernel(seed, isGrouped: _random.Chance(15));
        _expressions = new ExpressionGenerator(_random, new SplitMix(seed ^ 0x5851F42D4C957F2D), _helpers);

        // Many small kernels find more in a minute than few large ones, but some defects need a large one.
        _isLarge = _random.Chance(8);
        _statements = new StatementGenerator(_random, _expressions, _helpers, _structures, _isLarge);
    }

    /// <summary>The kernel of a seed, always the same.</summary>
    internal static FuzzKernel Generate(ulong seed)
    {
        KernelGenerator generator = new(seed);
        generator.MakeMembers();
        generator.MakeBody();
        return generator._kernel;
    }

    private void MakeMembers()
    {
        _kernel.Members.Add(new FuzzMember("private static int Bits(float x) => x == x ? BitConverter.SingleToInt32Bits(x) : 77;", null));
        _kernel.Members.Add(new FuzzMember("private static long Bits(double x) => x == x ? BitConverter.DoubleToInt64Bits(x) : 77;", null));
        _kernel.Members.Add(new FuzzMember("private static T Known<T>(T value) => value;", null));
        int structures = _random.Below(3);
        for (int i = 0; i < structures; i++)
        {
            MakeStructure($"S{i}");
        }

        if (_random.Chance(40))
        {
            MakeGenerics();
        }

        int helpers = _random.Below(_isLarge ? 4 : 3);
        for (int i = 0; i < helpers; i++)
        {
            MakeHelper($"H{i}");
        }
    }

    private void MakeStructure(string name)
    {
        List<(FuzzType, string)> fields = [];
        int count = 1 + _random.Below(3);
        for (int i = 0; i < count; i++)
        {
            fields.Add((_structures.Count > 0 && _random.Chance(30) ? _random.Pick(_structures) : _random.Pick(FuzzType.Scalars), $"F{i}"));
        }

        // A method of the structure that changes it, called through a static helper so that a call is always an expression.
        FuzzType type = FuzzType.Struct(name, fields);
        Scope scope = new();
        fields.ForEach(field => scope.Add(new Variable(field.Item2, field.Item1, IsAssignable: true)));
        FuzzType argument = _random.Pick(FuzzType.Scalars);
        FuzzType result = _random.Pick(FuzzType.Scalars);
        scope.Add(new Variable("x", argument, IsAssignable: true));
        (FuzzType fieldType, string fieldName) = _random.Pick(fields);
        string change = $"{fieldName} = {_expressions.Make(scope, fieldType, 2)};";
        string declarations = string.Concat(fields.Select(field => $"    public {field.Item1} {field.Item2};\n"));
        string method = $"    public {result} Change({argument} x)\n    {{\n        unchecked\n        {{\n            {change}\n            return {_expressions.Make(scope, result, 2)};\n        }}\n    }}\n";
        _kernel.Members.Add(new FuzzMember($"public struct {name}\n{{\n{declarations}\n{method}}}", null));
        _kernel.Members.Add(new FuzzMember($"private static {result} Change{name}(ref {name} value, {argument} x) => value.Change(x);", null));
        _structures.Add(type);
        _helpers.Add(new Callee($"Change{name}", result, [(type, "ref "), (argument, "")]));
    }

    private void MakeGenerics()
    {
        FuzzType type = _random.Pick(FuzzType.Integers);
        _kernel.Members.Add(new FuzzMember($"public interface IStep {{ static abstract {type} Next({type} a, {type} b); }}", null));
        Scope scope = new();
        scope.Add(new Variable("a", type, IsAssignable: true));
        scope.Add(new Variable("b", type, IsAssignable: true));
        foreach (string name in (string[])["P0", "P1"])
        {
            _kernel.Members.Add(new FuzzMember(
                $"public struct {name} : IStep {{ public static {type} Next({type} a, {type} b) => unchecked({_expressions.Make(scope, type, 2)}); }}", null));
            _helpers.Add(new Callee($"Fold<{name}>", type, [(type, ""), (type, ""), (FuzzType.Int, "")]));
        }

        _kernel.Members.Add(new FuzzMember(
            $"private static {type} Fold<T>({type} a, {type} b, int n)\n    where T : struct, IStep\n{{\n    for (int i = 0; i < (n & 3); i++)\n    {{\n"
            + "        a = T.Next(a, b);\n    }\n\n    return a;\n}",
            null));
        _kernel.Members.Add(new FuzzMember("private static T Choose<T>(bool c, T a, T b) => c ? a : b;", null));
        foreach (FuzzType chosen in FuzzType.Numbers)
        {
            _helpers.Add(new Callee($"Choose<{chosen}>", chosen, [(FuzzType.Bool, ""), (chosen, ""), (chosen, "")]));
        }
    }

    private void MakeHelper(string name)
    {
        FuzzType result = _statements.AnyType();
        Scope scope = new() { Result = result };
        List<(FuzzType Type, string Mode)> parameters = [];
        List<string> declarations = [];
        List<Statement> body = [];
        int count = 1 + _random.Below(3);
        for (int i = 0; i < count; i++)
        {
            FuzzType type = _statements.AnyType();
            string mode = _random.Pick(["", "", "", "ref ", "out ", "in "]);
            string parameter = _statements.NewName("p");
            parameters.Add((type, mode));
            declarations.Add($"{mode}{type} {parameter}");
            if (mode == "out ")
            {
                body.Add(new Statement($"{parameter} = $0;", [_expressions.Make(scope, type, 2)]));
            }

            scope.Add(new Variable(parameter, type, IsAssignable: mode != "in "));
        }

        _statements.Append(scope, body, 1 + _random.Below(_isLarge ? 4 : 2), depth: _isLarge ? 2 : 1);
        body.Add(new Statement("return $0;", [_expressions.Make(scope, result, 2)]));
        _kernel.Members.Add(new FuzzMember($"private static {result} {name}({string.Join(", ", declarations)})", body));
        _helpers.Add(new Callee(name, result, parameters));
    }

    private void MakeBody()
    {
        Scope scope = new() { HasViews = true, MayLeave = !_kernel.IsGrouped };
        foreach ((FuzzType type, string name) in FuzzKernel.Scalars)
        {
            scope.Add(new Variable(name, type, IsAssignable: false, IsUniform: true));
        }

        if (_kernel.IsGrouped)
        {
            _kernel.Body.Add(new Statement("int item = (Grid.IdxX * Group.DimX) + Group.IdxX;", []));
        }

        int own = scope.Variables.Count;
        _statements.Append(scope, _kernel.Body, _isLarge ? 3 + _random.Below(6) : 2 + _random.Below(3), _isLarge ? 3 : 2);
        if (_kernel.IsGrouped)
        {
            GroupedPhases phases = new(_random, _expressions, _statements);
            phases.Append(scope, _kernel.Body);
        }

        _statements.Append(scope, _kernel.Body, _isLarge ? 2 + _random.Below(4) : 1 + _random.Below(3), _isLarge ? 3 : 2);
        AppendApproximate(scope);
        AppendResults(scope, own);
    }

    private void AppendApproximate(Scope scope)
    {
        int count = _random.Below(3);
        for (int slot = 0; slot < count; slot++)
        {
            (string function, int allowed) = _random.Pick(s_approximate);
            Expression argument = _expressions.Make(scope, FuzzType.Float, 2);

            // Sine and cosine of large numbers differ by more; this keeps the argument within 3. PoCL 3.1 folds exp of a constant NaN to 0.
            string format = function is "MathF.Sin" or "MathF.Cos" ? "(3f * $0) / (1f + MathF.Abs($0))" : "$0";
            format = $"float.IsFinite($0) ? {format} : 1f";
            _kernel.AllowedUlp[slot] = allowed;
            Expression bounded = new(FuzzType.Float, format, new Expression(FuzzType.Float, "x" + slot));
            _kernel.Body.Add(new Statement(
                $"float x{slot} = $0; approximate[(item * {FuzzLayout.Slots}) + {slot}] = {function}($1);", [argument, bounded]));
        }
    }

    // Slots of the second half, which nothing else writes; several values of one type are folded into one.
    private void AppendResults(Scope scope, int own)
    {
        foreach (Variable variable in scope.Variables.Skip(own))
        {
            Fold(variable.Name, variable.Type);
        }
    }

    private void Fold(string name, FuzzType type)
    {
        foreach ((FuzzType fieldType, string fieldName) in type.Fields)
        {
            Fold($"{name}.{fieldName}", fieldType);
        }

        if (!type.IsStruct)
        {
            string place = $"outLong[(item * {FuzzLayout.Slots}) + {(FuzzLayout.Slots / 2) + _random.Below(FuzzLayout.Slots / 2)}]";
            string value = type == FuzzType.Bool ? $"({name} ? 1 : 0)" : type.IsFloat ? $"Bits({name})" : $"(long){name}";
            _kernel.Body.Add(new Statement($"{place} = ({place} * 31) + {value};", []));
        }
    }
}
