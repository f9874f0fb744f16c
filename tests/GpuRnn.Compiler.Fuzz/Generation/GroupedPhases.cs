using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Generation;

/// <summary>Shared memory and barriers: between two barriers a work-item writes its own element or reads any.</summary>
/// <remarks>Barriers stand only where the whole group arrives: at the top, and inside loops and branches that depend on scalars of the launch.</remarks>
internal sealed class GroupedPhases
{
    private readonly SplitMix _random;
    private readonly ExpressionGenerator _expressions;
    private readonly StatementGenerator _statements;

    internal GroupedPhases(SplitMix random, ExpressionGenerator expressions, StatementGenerator statements)
    {
        _random = random;
        _expressions = expressions;
        _statements = statements;
    }

    /// <summary>Appends one to three exchanges through shared memory.</summary>
    internal void Append(Scope scope, List<Statement> body)
    {
        int count = 1 + _random.Below(3);
        for (int i = 0; i < count; i++)
        {
            FuzzType element = _random.Pick(FuzzType.Numbers);
            string shared = _statements.NewName("s");
            string received = _statements.NewName("v");
            body.Add(new Statement($"ArrayView<{element}> {shared} = SharedMemory.Allocate<{element}>({FuzzLayout.GroupSize + 1});", []));
            body.Add(new Statement($"{element} {received} = {element.Zero};", []));
            scope.Add(new Variable(received, element, IsAssignable: true));
            List<Statement> exchange = Exchange(scope, element, shared, received);
            switch (_random.Below(4))
            {
                case 0:
                    string counter = _statements.NewName("i");
                    string bound = _random.Chance(50) ? "3" : "((argInt & 1) + 2)";
                    body.Add(new Statement($"for (int {counter} = 0; {counter} < {bound}; {counter}++) #0", [], exchange));
                    break;
                case 1:
                    body.Add(new Statement($"if ({_random.Pick(["argFloat < 1f", "(argInt & 2) == 0", "Grid.IdxX == 0", "argLong > 5L"])}) #0", [], exchange));
                    break;
                default:
                    body.AddRange(exchange);
                    break;
            }
        }
    }

    private List<Statement> Exchange(Scope scope, FuzzType element, string shared, string received)
    {
        // One statement, so that none of it goes alone when a kernel is made smaller: the load would race.
        Expression own = _expressions.Make(scope, element, 3);
        string symbol = _random.Pick(["=", "+="]);
        Expression other = _expressions.Masked(scope, FuzzLayout.GroupSize, 2);
        List<Statement> block = [new Statement($"{shared}[Group.IdxX] = $0; Group.Barrier(); {received} {symbol} {shared}[$1];", [own, other])];
        block.AddRange(_statements.Block(scope, _random.Below(3), depth: 1));
        block.Add(new Statement("Group.Barrier();", []) { IsKept = true });

        if (_expressions.ChanceApart(40))
        {
            block.Add(Neighbours(element, shared, received));
            block.Add(new Statement("Group.Barrier();", []) { IsKept = true });
        }

        return block;
    }

    // Reads the same place before and behind a barrier; in between the neighbour writes there, while what this work-item writes is certainly elsewhere.
    private Statement Neighbours(FuzzType element, string shared, string received)
    {
        string pair = _statements.NewName("n");
        return new Statement(
            $"if (Group.IdxX == 0) {{ {shared}[{FuzzLayout.GroupSize}] = {element.Zero}; }} {shared}[Group.IdxX] = ({element})({received} + {received}); Group.Barrier(); "
            + $"ArrayView<{element}> {pair} = {shared}.SubView(Group.IdxX, 2); {received} += {pair}[1]; Group.Barrier(); "
            + $"{pair}[0] = {received}; Group.Barrier(); {received} += {pair}[1];",
            []);
    }
}
