using System.Diagnostics;
using GpuRnn.Compiler.Fuzz.Execution;
using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz;

/// <summary>Makes a failing kernel smaller: takes away statements and operands as long as the same path still fails.</summary>
internal sealed class Shrinker
{
    private readonly FuzzKernel _kernel;
    private readonly Func<FuzzKernel, bool> _fails;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TimeSpan _budget;

    private Shrinker(FuzzKernel kernel, Func<FuzzKernel, bool> fails, TimeSpan budget)
    {
        _kernel = kernel;
        _fails = fails;
        _budget = budget;
    }

    /// <summary>Changes the kernel of <paramref name="finding"/> in place.</summary>
    internal static void Shrink(Finding finding, TimeSpan budget) => Shrink(finding.Kernel, kernel => Fails(kernel, finding), budget);

    /// <summary>Changes a kernel in place, as long as <paramref name="fails"/> holds for it.</summary>
    internal static void Shrink(FuzzKernel kernel, Func<FuzzKernel, bool> fails, TimeSpan budget)
    {
        Shrinker shrinker = new(kernel, fails, budget);
        while (shrinker.Pass() && shrinker._watch.Elapsed < budget)
        {
        }
    }

    // The same output or the same exception, so that one defect does not turn into another on the way.
    private static bool Fails(FuzzKernel kernel, Finding sought)
    {
        FuzzPaths paths = sought.Path switch { "cpu" => FuzzPaths.Cpu, "ptx" => FuzzPaths.Ptx, "plain" => FuzzPaths.None, _ => FuzzPaths.OpenCl };
        return FuzzBatch.Run([kernel], paths).Any(finding => finding.Path == sought.Path && Head(finding) == Head(sought));
    }

    private static string Head(Finding finding) => finding.Message.Split('[', ':')[0];

    private bool Pass()
    {
        bool isSmaller = Remove(_kernel.Body);
        for (int i = _kernel.Members.Count - 1; i >= 0; i--)
        {
            FuzzMember member = _kernel.Members[i];
            isSmaller |= Try(() => _kernel.Members.RemoveAt(i), () => _kernel.Members.Insert(i, member));
            if (_kernel.Members.Contains(member) && member.Body is { } body)
            {
                isSmaller |= Remove(body);
            }
        }

        return isSmaller;
    }

    private bool Remove(List<Statement> block)
    {
        bool isSmaller = false;
        for (int i = block.Count - 1; i >= 0; i--)
        {
            Statement statement = block[i];
            if (!statement.IsKept && Try(() => block.RemoveAt(i), () => block.Insert(i, statement)))
            {
                isSmaller = true;
                continue;
            }

            foreach (List<Statement> inner in statement.Blocks)
            {
                isSmaller |= Remove(inner);
            }

            isSmaller |= Simplify(statement.Operands);
        }

        return isSmaller;
    }

    private bool Simplify(Expression[] operands)
    {
        bool isSmaller = false;
        for (int i = 0; i < operands.Length; i++)
        {
            Expression operand = operands[i];
            Expression zero = new(operand.Type, operand.Type.Zero);
            IEnumerable<Expression> simpler = operand.Operands.Where(inner => inner.Type == operand.Type).Prepend(zero);
            bool isReplaced = !operand.IsBound && operand.ToString() != operand.Type.Zero
                && simpler.Any(candidate => Try(() => operands[i] = candidate, () => operands[i] = operand));
            isSmaller |= isReplaced;
            isSmaller |= Simplify(operands[i].Operands);
        }

        return isSmaller;
    }

    private bool Try(Action change, Action undo)
    {
        if (_watch.Elapsed > _budget)
        {
            return false;
        }

        change();
        if (_fails(_kernel))
        {
            return true;
        }

        undo();
        return false;
    }
}
