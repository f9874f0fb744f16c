using System.Text;
using System.Text.RegularExpressions;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.OpenCl;

/// <summary>Writes a function as one kernel in OpenCL C 1.2.</summary>
/// <remarks>
/// Parameters: the leaves of the kernel's own, in order, with the element at which it begins behind each pointer, because OpenCL passes
/// whole buffers; then, where the kernel asks for it, the shared memory of the launch and its bytes; then, for a kernel with an index, the extent of the launch on each axis, because
/// the number of work-items may be rounded up. Control flow is written as loops and conditions; a goto appears only where a jump leaves
/// more than one of them.
/// </remarks>
internal sealed class OpenClWriter
{
    private static readonly string[] s_axes = ["x", "y", "z"];

    private readonly IrFunction _function;
    private readonly OpenClNames _names;
    private readonly OpenClExpressions _expressions;
    private readonly StructuredOrder _order;
    private readonly HashSet<IrValue> _declared = [];
    private readonly HashSet<IrBlock> _jumpedTo = [];
    private readonly StringBuilder _text = new();
    private int _indent = 1;

    private OpenClWriter(IrFunction function, ISet<string> kernelNames)
    {
        _function = function;
        _names = new OpenClNames(function, kernelNames);
        _expressions = new OpenClExpressions(function, _names);
        _order = new StructuredOrder(function);
    }

    /// <summary>The text of a kernel whose function went through <see cref="OpenClLowering"/>.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="kernelNames">The names of the program's kernels; the kernel's own is added.</param>
    /// <returns>The kernel's name in the program, and its text.</returns>
    internal static (string Name, string Text) Write(IrFunction function, ISet<string> kernelNames)
    {
        OpenClWriter writer = new(function, kernelNames);
        return (writer._names.Kernel, writer.Write());
    }

    private string Write()
    {
        string signature = Signature();
        Declarations();
        Tree(_function.Entry, new Surroundings(null, null, null));
        string body = Labels().Replace(_text.ToString(), match =>
            _jumpedTo.Any(block => block.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) == match.Groups[1].Value) ? match.Value : "");
        return $"// {_function.Name}\n{signature}{{\n{body}}}\n";
    }

    private static Regex Labels() => new(@"^ *block(\d+):;\n", RegexOptions.Multiline);

    private string Signature()
    {
        List<string> parameters = [];
        List<string> starts = [];
        foreach (IrParameter parameter in _function.Parameters)
        {
            string name = _names.Of(parameter);
            string type = OpenClExpressions.TypeName(parameter.Type);
            parameters.Add(parameter.Type.IsPointer ? $"{type} {name}" : $"const {type} {name}");
            if (parameter.Type.IsPointer)
            {
                string offset = _names.Unique($"{name}_offset");
                parameters.Add($"const long {offset}");
                _expressions.HiddenZero = $"{offset} >> 63";
                string scale = parameter.StructSizeInBytes > 0 ? $" * {parameter.StructSizeInBytes}" : "";
                starts.Add($"{name} += {offset}{scale};");
            }
        }

        if (OpenClLowering.UsesDynamicSharedMemory(_function))
        {
            parameters.Add($"__local uchar* {OpenClNames.DynamicShared}");
            parameters.Add($"const int {OpenClNames.DynamicSharedBytes}");
        }

        List<string> guards = [];
        for (int axis = 0; axis < _function.LaunchDimensions; axis++)
        {
            string extent = _names.Unique($"extent_{s_axes[axis]}");
            parameters.Add($"const int {extent}");
            guards.Add($"(int)get_global_id({axis}) >= {extent}");
        }

        if (guards.Count > 0)
        {
            Line($"if ({string.Join(" || ", guards)})");
            Line("{");
            Line("    return;");
            Line("}");
            Line("");
        }

        starts.ForEach(Line);
        return $"__kernel void {_names.Kernel}(\n    {string.Join(",\n    ", parameters)})\n";
    }

    // What a loop or several ways assign, and arrays, are declared before everything else.
    private void Declarations()
    {
        foreach (IrInstruction array in _function.Instructions.Where(one => one.Opcode is IrOpcode.LocalArray or IrOpcode.SharedArray))
        {
            string space = array.Opcode == IrOpcode.SharedArray ? "__local " : "";
            string alignment = array.Type.Element == ScalarKind.Void ? " __attribute__((aligned(16)))" : "";
            Line($"{space}{OpenClExpressions.PointeeName(array.Type)} {_names.Of(array)}[{((IrConstant)array.Operands[0]).Bits}]{alignment};");
            _declared.Add(array);
        }

        foreach (IrBlockParameter parameter in _function.Blocks.SelectMany(block => block.Parameters))
        {
            Declare(parameter);
        }

        foreach (IrBlock block in _function.Blocks)
        {
            IEnumerable<IrValue> used = block.Instructions.SelectMany(one => one.Operands)
                .Concat(block.Edges.SelectMany(edge => edge.Arguments));
            foreach (IrInstruction value in used.Append(block.Condition!).SelectMany(Written).Distinct())
            {
                if (!_declared.Contains(value) && _order.LeavesLoop(value.Block!, block))
                {
                    Declare(value);
                }
            }
        }
    }

    private void Declare(IrValue value)
    {
        Line($"{OpenClExpressions.VariableType(value.Type)} {_names.Of(value)};");
        _declared.Add(value);
    }

    // The values with statements of their own behind an expression.
    private IEnumerable<IrInstruction> Written(IrValue? value) => value switch
    {
        IrInstruction instruction when _expressions.IsInlined(instruction) => instruction.Operands.SelectMany(Written),
        IrInstruction instruction => [instruction],
        _ => [],
    };

    private void Tree(IrBlock block, Surroundings around)
    {
        if (!_order.Loops.ContainsKey(block))
        {
            Body(block, around);
            return;
        }

        IReadOnlyList<IrBlock> after = _order.AfterLoop(block);
        IrBlock? behind = after.Count > 0 ? after[0] : around.Next;
        Label(block);
        Line("for (;;)");
        Line("{");
        _indent++;
        Body(block, new Surroundings(block, block, behind));
        _indent--;
        Line("}");
        Sequence(after, around);
    }

    private void Body(IrBlock block, Surroundings around)
    {
        block.Instructions.ForEach(Statement);
        IReadOnlyList<IrBlock> followers = _order.Followers(block);
        Terminator(block, followers.Count > 0 ? around with { Next = followers[0] } : around);
        Sequence(followers, around);
    }

    private void Sequence(IReadOnlyList<IrBlock> blocks, Surroundings around)
    {
        for (int i = 0; i < blocks.Count; i++)
        {
            if (!_order.Loops.ContainsKey(blocks[i]))
            {
                Label(blocks[i]);
            }

            Tree(blocks[i], i + 1 < blocks.Count ? around with { Next = blocks[i + 1] } : around);
        }
    }

    private void Label(IrBlock block) => Line($"block{block.Id}:;");

    private void Terminator(IrBlock block, Surroundings around)
    {
        switch (block.Edges.Count)
        {
            case 0:
                if (around.Next is not null || around.Loop is not null)
                {
                    Line("return;");
                }

                break;
            case 1:
                Edge(block, block.Edges[0], around);
                break;
            default:
                Condition(block, around);
                break;
        }
    }

    private void Condition(IrBlock block, Surroundings around)
    {
        string condition = OpenClExpressions.Strip(_expressions.Text(block.Condition!));
        string whenTrue = Captured(block, block.Edges[0], around);
        string whenFalse = Captured(block, block.Edges[1], around);
        if (whenTrue.Length == 0)
        {
            condition = $"!({condition})";
            (whenTrue, whenFalse) = (whenFalse, whenTrue);
        }

        if (whenTrue.Length == 0)
        {
            return;
        }

        Line($"if ({condition})");
        Line("{");
        _text.Append(whenTrue);
        Line("}");
        if (whenFalse.Length > 0)
        {
            Line("else");
            Line("{");
            _text.Append(whenFalse);
            Line("}");
        }
    }

    private string Captured(IrBlock from, IrEdge edge, Surroundings around)
    {
        int start = _text.Length;
        _indent++;
        Edge(from, edge, around);
        _indent--;
        string captured = _text.ToString(start, _text.Length - start);
        _text.Length = start;
        return captured;
    }

    private void Edge(IrBlock from, IrEdge edge, Surroundings around)
    {
        Assign(edge);
        if (edge.Target == around.Next)
        {
            return;
        }

        bool isBackward = _order.Flow.Order(edge.Target) <= _order.Flow.Order(from);
        if (edge.Target == around.Loop)
        {
            Line("continue;");
        }
        else if (around.Loop is not null && edge.Target == around.Behind)
        {
            Line("break;");
        }
        else if (!isBackward && _order.IsInBranch(edge.Target))
        {
            Tree(edge.Target, around);
        }
        else if (edge.Target is { Edges.Count: 0, Instructions.Count: 0 })
        {
            Line("return;");
        }
        else
        {
            _jumpedTo.Add(edge.Target);
            Line($"goto block{edge.Target.Id};");
        }
    }

    // All parameters change at once, so a value that reads one of them is computed before it is overwritten.
    private void Assign(IrEdge edge)
    {
        IrBlockParameter[] parameters = [.. edge.Target.Parameters];
        bool needsCopies = edge.Arguments.Where((argument, i) => Reads(argument).Any(read => read != parameters[i] && parameters.Contains(read))).Any();
        List<(string Target, string Text)> assignments = [];
        for (int i = 0; i < parameters.Length; i++)
        {
            string text = OpenClExpressions.Strip(_expressions.Text(edge.Arguments[i]));
            string target = _names.Of(parameters[i]);
            if (text == target)
            {
                continue;
            }

            if (needsCopies)
            {
                string copy = _names.Unique($"{target}_next");
                Line($"const {OpenClExpressions.VariableType(parameters[i].Type)} {copy} = {text};".Replace("const __", "__", StringComparison.Ordinal));
                text = copy;
            }

            assignments.Add((target, text));
        }

        assignments.ForEach(one => Line($"{one.Target} = {one.Text};"));
    }

    private IEnumerable<IrBlockParameter> Reads(IrValue value) => value switch
    {
        IrBlockParameter parameter => [parameter],
        IrInstruction instruction when _expressions.IsInlined(instruction) => instruction.Operands.SelectMany(Reads),
        _ => [],
    };

    private void Statement(IrInstruction instruction)
    {
        switch (instruction.Opcode)
        {
            case IrOpcode.LocalArray or IrOpcode.SharedArray:
                break;
            case IrOpcode.Barrier:
                Line("barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);");
                break;
            case IrOpcode.Fence:
                Line("mem_fence(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);");
                break;
            case IrOpcode.DynamicSharedArray:
                Define(instruction, $"({OpenClExpressions.TypeName(instruction.Type)}){OpenClNames.DynamicShared}");
                break;
            case IrOpcode.Store when IsVectorInNumbers(instruction.Operands[0], instruction.Operands[1].Type):
                string vector = OpenClExpressions.Strip(_expressions.Text(instruction.Operands[1]));
                Line($"vstore{instruction.Operands[1].Type.Lanes}({vector}, 0, {_expressions.Address(instruction.Operands[0])});");
                break;
            case IrOpcode.Store:
                string stored = OpenClExpressions.Strip(_expressions.Text(instruction.Operands[1]));
                Line($"{_expressions.Place(instruction.Operands[0])} = {stored};");
                break;
            case IrOpcode.Load when IsVectorInNumbers(instruction.Operands[0], instruction.Type):
                Define(instruction, $"vload{instruction.Type.Lanes}(0, {_expressions.Address(instruction.Operands[0])})");
                break;
            case IrOpcode.Load:
                string isTrue = instruction.Type == IrType.Bool ? " != 0" : "";
                Define(instruction, $"{_expressions.Place(instruction.Operands[0])}{isTrue}");
                break;
            case IrOpcode.Atomic:
                Define(instruction, AtomicCall(instruction));
                break;
            case IrOpcode.Alloca or IrOpcode.LeafAddress:
                throw new InternalCompilerException(_function.Name, "a variable reached the OpenCL backend", IrPrinter.Print(_function));
            default:
                if (!_expressions.IsInlined(instruction))
                {
                    Define(instruction, OpenClExpressions.Strip(_expressions.Compute(instruction)));
                }

                break;
        }
    }

    private static bool IsVectorInNumbers(IrValue address, IrType value) => value.IsVector && address.Type.Lanes == 1;

    private string AtomicCall(IrInstruction instruction)
    {
        AtomicOperation operation = (AtomicOperation)instruction.Immediate;
        string prefix = instruction.Type == IrType.I64 ? "atom" : "atomic";
        string function = operation switch
        {
            AtomicOperation.Exchange => "xchg",
            AtomicOperation.CompareExchange => "cmpxchg",
            AtomicOperation.MaxUnsigned => "max",
            AtomicOperation.MinUnsigned => "min",
            _ => operation.ToString().ToLowerInvariant(),
        };
        IEnumerable<string> values = instruction.Operands.Skip(1).Select(value => OpenClExpressions.Strip(_expressions.Text(value)));
        string place = $"&{_expressions.Place(instruction.Operands[0])}";
        if (operation is not (AtomicOperation.MaxUnsigned or AtomicOperation.MinUnsigned))
        {
            return $"{prefix}_{function}({place}, {string.Join(", ", values)})";
        }

        string type = OpenClExpressions.TypeName(instruction.Type);
        string pointer = OpenClExpressions.TypeName(instruction.Operands[0].Type).Replace($" {type}", $" u{type}", StringComparison.Ordinal);
        return $"({type}){prefix}_{function}(({pointer}){place}, (u{type})({values.Single()}))";
    }

    private void Define(IrInstruction instruction, string text)
    {
        string type = OpenClExpressions.VariableType(instruction.Type);
        string constant = instruction.Type.IsPointer ? "" : "const ";
        Line(_declared.Contains(instruction) ? $"{_names.Of(instruction)} = {text};" : $"{constant}{type} {_names.Of(instruction)} = {text};");
    }

    private void Line(string text) => _text.Append(' ', text.Length == 0 ? 0 : 4 * _indent).Append(text).Append('\n');

    /// <summary>What the text around a place does by itself.</summary>
    /// <param name="Next">The block reached by falling through.</param>
    /// <param name="Loop">The header of the innermost loop.</param>
    /// <param name="Behind">The block that a break reaches.</param>
    private sealed record Surroundings(IrBlock? Next, IrBlock? Loop, IrBlock? Behind);
}
