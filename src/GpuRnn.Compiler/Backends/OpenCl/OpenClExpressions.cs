using System.Globalization;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.OpenCl;

/// <summary>Writes values as OpenCL C expressions; a value that is used once is written where it is used.</summary>
/// <remarks>
/// Signed overflow wraps in C# and is undefined in OpenCL C, so sums and products of integers are written without a sign and cast back.
/// </remarks>
internal sealed class OpenClExpressions
{
    private const int MaximumDepth = 5;

    private readonly IrFunction _function;
    private readonly OpenClNames _names;
    private readonly Dictionary<IrValue, int> _inlinedDepth = [];

    internal OpenClExpressions(IrFunction function, OpenClNames names)
    {
        _function = function;
        _names = names;
        ChooseInlined();
    }

    /// <summary>An expression that is 0 in every launch, which no compiler can know.</summary>
    /// <remarks>
    /// A NaN is written with it, because PoCL 3.1 takes a constant NaN for a number that never comes: its floor becomes 0, and the code around its
    /// rint may become a loop without an end.
    /// </remarks>
    internal string HiddenZero { get; set; } = "0";

    internal static string TypeName(IrType type) => type.Kind switch
    {
        ScalarKind.Pointer => $"{SpaceName(type.Space)}{PointeeName(type)}*",
        ScalarKind.Bool when type.IsVector => $"int{type.Lanes}",
        _ => $"{ElementName(type.Kind)}{LanesSuffix(type)}",
    };

    /// <summary>The type of an element of memory; OpenCL forbids bool there.</summary>
    internal static string ElementName(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => "uchar",
        ScalarKind.I8 => "char",
        ScalarKind.U8 => "uchar",
        ScalarKind.I16 => "short",
        ScalarKind.U16 => "ushort",
        ScalarKind.I32 => "int",
        ScalarKind.I64 => "long",
        ScalarKind.F32 => "float",
        ScalarKind.Void => "uchar",
        _ => "double",
    };

    /// <summary>The type of what a pointer points to.</summary>
    internal static string PointeeName(IrType pointer) => $"{ElementName(pointer.Element)}{LanesSuffix(pointer)}";

    internal static string VariableType(IrType type) => type == IrType.Bool ? "bool" : TypeName(type);

    /// <summary>True when the value has no statement of its own.</summary>
    internal bool IsInlined(IrValue value) => _inlinedDepth.ContainsKey(value);

    internal string Text(IrValue value) => value switch
    {
        IrConstant constant => Constant(constant),
        IrInstruction instruction when IsInlined(instruction) => Compute(instruction),
        _ => _names.Of(value),
    };

    /// <summary>The address itself, as a pointer.</summary>
    internal string Address(IrValue address) => address is IrInstruction { Opcode: IrOpcode.ElementAddress } element && IsInlined(element)
        ? $"{Text(element.Operands[0])} + {Text(element.Operands[1])}"
        : Text(address);

    /// <summary>The memory behind an address, as something that can be read or assigned.</summary>
    internal string Place(IrValue address) => address is IrInstruction { Opcode: IrOpcode.ElementAddress } element && IsInlined(element)
        ? $"{Text(element.Operands[0])}[{Strip(Text(element.Operands[1]))}]"
        : $"{Text(address)}[0]";

    /// <summary>The expression that computes an instruction, in parentheses where it needs them.</summary>
    internal string Compute(IrInstruction instruction)
    {
        IrValue[] operands = instruction.Operands;
        return instruction.Opcode switch
        {
            IrOpcode.Add or IrOpcode.Subtract or IrOpcode.Multiply when instruction.Type.IsInteger => Signed(instruction),
            IrOpcode.ShiftLeft or IrOpcode.ShiftRightUnsigned or IrOpcode.DivideUnsigned or IrOpcode.RemainderUnsigned =>
                Signed(instruction),
            IrOpcode.Negate when instruction.Type.IsInteger => Signed(instruction),
            IrOpcode.Add => Infix(operands, "+"),
            IrOpcode.Subtract => Infix(operands, "-"),
            IrOpcode.Multiply => Infix(operands, "*"),
            IrOpcode.Divide => Infix(operands, "/"),
            IrOpcode.Remainder when instruction.Type.IsFloat => $"fmod({Arguments(operands)})",
            IrOpcode.Remainder => Infix(operands, "%"),
            IrOpcode.And => Infix(operands, instruction.Type == IrType.Bool ? "&&" : "&"),
            IrOpcode.Or => Infix(operands, instruction.Type == IrType.Bool ? "||" : "|"),
            IrOpcode.Xor => Infix(operands, instruction.Type == IrType.Bool ? "!=" : "^"),
            IrOpcode.ShiftRight => Infix(operands, ">>"),
            IrOpcode.Negate => $"(-{Text(operands[0])})",
            IrOpcode.Not => $"{(instruction.Type == IrType.Bool ? "!" : "~")}{Text(operands[0])}",
            IrOpcode.Equal => Infix(operands, "=="),
            IrOpcode.NotEqual => Infix(operands, "!="),
            IrOpcode.Less => Infix(operands, "<"),
            IrOpcode.LessEqual => Infix(operands, "<="),
            IrOpcode.LessUnsigned => $"({Unsigned(operands[0])} < {Unsigned(operands[1])})",
            IrOpcode.LessEqualUnsigned => $"({Unsigned(operands[0])} <= {Unsigned(operands[1])})",
            IrOpcode.Select => $"({Text(operands[0])} ? {Text(operands[1])} : {Text(operands[2])})",
            IrOpcode.Convert or IrOpcode.ConvertUnsigned => Converted(instruction),
            IrOpcode.Reinterpret => $"as_{TypeName(instruction.Type)}({Strip(Text(operands[0]))})",
            IrOpcode.Math => $"{FunctionName((MathFunction)instruction.Immediate)}({Arguments(operands)})",
            IrOpcode.Broadcast => $"({TypeName(instruction.Type)})({Strip(Text(operands[0]))})",

            // A shuffle takes its index modulo the number of elements.
            IrOpcode.Element => $"shuffle({Strip(Text(operands[0]))}, (uint2)({Strip(Text(operands[1]))})).s0",
            IrOpcode.WithElement => $"({IsAt(operands[1], instruction.Type.Lanes)} ? ({TypeName(instruction.Type)})({Strip(Text(operands[2]))}) : {Text(operands[0])})",
            IrOpcode.WorkItem => WorkItem((WorkItemQuery)instruction.Immediate),
            IrOpcode.ByteAddress => Offset(instruction),
            IrOpcode.PopCount => $"(int)popcount({Strip(Text(operands[0]))})",
            IrOpcode.LeadingZeros => $"(int)clz({Strip(Text(operands[0]))})",
            IrOpcode.ElementAddress => $"({Text(operands[0])} + {Text(operands[1])})",
            _ => throw new InternalCompilerException(_function.Name, $"{instruction.Opcode} has no OpenCL expression", IrPrinter.Print(_function)),
        };
    }

    /// <summary>Without the parentheses around the whole.</summary>
    internal static string Strip(string text)
    {
        if (!text.StartsWith('('))
        {
            return text;
        }

        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0)
            {
                return i == text.Length - 1 ? text[1..^1] : text;
            }
        }

        return text;
    }

    private static string SpaceName(AddressSpace space) => space switch
    {
        AddressSpace.Global => "__global ",
        AddressSpace.Shared => "__local ",
        _ => "__private ",
    };

    private static string FunctionName(MathFunction function) => function switch
    {
        MathFunction.MultiplyAdd => "fma",
        MathFunction.Abs => "fabs",
        MathFunction.Ceiling => "ceil",
        MathFunction.Truncate => "trunc",
        MathFunction.RoundToEven => "rint",
        _ => function.ToString().ToLowerInvariant(),
    };

    private static string WorkItem(WorkItemQuery query)
    {
        if (query == WorkItemQuery.DynamicSharedBytes)
        {
            return OpenClNames.DynamicSharedBytes;
        }

        string[] functions = ["get_global_id", "get_local_id", "get_local_size", "get_group_id", "get_num_groups"];
        return $"(int){functions[(int)query / 3]}({(int)query % 3})";
    }

    private static string LanesSuffix(IrType type) => type.Lanes > 1 ? type.Lanes.ToString(CultureInfo.InvariantCulture) : "";

    private string Constant(IrConstant constant) => constant.Type.Kind switch
    {
        _ when constant.Type.IsVector => $"({TypeName(constant.Type)})({Constant(constant.Element())})",
        ScalarKind.Bool => constant.Bits != 0 ? "true" : "false",
        ScalarKind.I32 when constant.Bits == int.MinValue => "(-2147483647 - 1)",
        ScalarKind.I32 => constant.Bits.ToString(CultureInfo.InvariantCulture),
        ScalarKind.I64 when constant.Bits == long.MinValue => "(-9223372036854775807l - 1l)",
        ScalarKind.I64 => $"{constant.Bits.ToString(CultureInfo.InvariantCulture)}l",
        ScalarKind.F32 when float.IsNaN(constant.Single) => $"as_float(0x{(int)constant.Bits:x8}u | (uint)({HiddenZero}))",
        ScalarKind.F32 when !float.IsFinite(constant.Single) => $"as_float(0x{(int)constant.Bits:x8}u)",
        ScalarKind.F32 => $"{Decimal(constant.Single.ToString("R", CultureInfo.InvariantCulture))}f",
        ScalarKind.F64 when double.IsNaN(constant.Double) => $"as_double(0x{constant.Bits:x16}ul | (ulong)({HiddenZero}))",
        ScalarKind.F64 when !double.IsFinite(constant.Double) => $"as_double(0x{constant.Bits:x16}ul)",
        ScalarKind.F64 => Decimal(constant.Double.ToString("R", CultureInfo.InvariantCulture)),
        _ => "0",
    };

    private static string Decimal(string digits) => digits.AsSpan().ContainsAny('.', 'E') ? digits : $"{digits}.0";

    private string Arguments(IrValue[] operands) => string.Join(", ", operands.Select(operand => Strip(Text(operand))));

    private string Infix(IrValue[] operands, string symbol) => $"({Text(operands[0])} {symbol} {Text(operands[1])})";

    // C casts numbers; the same bits of a vector as another type take a function.
    private string Signed(IrInstruction instruction) => instruction.Type.IsVector
        ? $"as_{TypeName(instruction.Type)}{Unsigned(instruction)}"
        : $"({TypeName(instruction.Type)}){Unsigned(instruction)}";

    private string IsAt(IrValue index, int lanes) =>
        $"((int{lanes})({string.Join(", ", Enumerable.Range(0, lanes))}) == (int{lanes})({Text(index)} & {lanes - 1}))";

    /// <summary>An integer expression of unsigned type with the value's bits.</summary>
    private string Unsigned(IrValue value)
    {
        if (value.Type.IsVector)
        {
            return value is IrInstruction one && IsInlined(value) && IsUnsignedForm(one) ? Unsigned(one) : $"as_u{TypeName(value.Type)}({Strip(Text(value))})";
        }

        if (value is IrConstant constant)
        {
            return constant.Type == IrType.I32 ? $"{(uint)constant.Bits}u" : $"{(ulong)constant.Bits}ul";
        }

        return value is IrInstruction instruction && IsInlined(value) && IsUnsignedForm(instruction) ? Unsigned(instruction) : $"(u{TypeName(value.Type)}){Text(value)}";
    }

    private static bool IsUnsignedForm(IrInstruction instruction) => instruction.Opcode is IrOpcode.Add or IrOpcode.Subtract or IrOpcode.Multiply
        or IrOpcode.Negate or IrOpcode.ShiftLeft or IrOpcode.ShiftRightUnsigned or IrOpcode.DivideUnsigned or IrOpcode.RemainderUnsigned;

    private string Unsigned(IrInstruction instruction)
    {
        IrValue[] operands = instruction.Operands;
        string Pair(string symbol) => $"({Unsigned(operands[0])} {symbol} {Unsigned(operands[1])})";
        return instruction.Opcode switch
        {
            IrOpcode.Add => Pair("+"),
            IrOpcode.Subtract => Pair("-"),
            IrOpcode.Multiply => Pair("*"),
            IrOpcode.DivideUnsigned => Pair("/"),
            IrOpcode.RemainderUnsigned => Pair("%"),
            IrOpcode.Negate => $"({Zero(instruction.Type)} - {Unsigned(operands[0])})",
            IrOpcode.ShiftLeft => $"({Unsigned(operands[0])} << {Text(operands[1])})",
            _ => $"({Unsigned(operands[0])} >> {Text(operands[1])})",
        };
    }

    private string Offset(IrInstruction instruction)
    {
        string start = Text(instruction.Operands[0]);
        if (instruction.Operands[1] is IrConstant { Bits: 0 })
        {
            return $"(({TypeName(instruction.Type)}){start})";
        }

        string bytes = TypeName(instruction.Type with { Element = ScalarKind.U8 });
        return $"(({TypeName(instruction.Type)})(({bytes}){start} + {Text(instruction.Operands[1])}))";
    }

    private static string Zero(IrType type) => type.IsVector ? $"(u{TypeName(type)})(0)" : "0u";

    private string Converted(IrInstruction instruction)
    {
        IrValue operand = instruction.Operands[0];
        string text = Text(operand);
        string target = TypeName(instruction.Type);
        bool isUnsigned = instruction.Opcode == IrOpcode.ConvertUnsigned;
        if (operand.Type.IsFloat && instruction.Type.IsInteger)
        {
            string convert = isUnsigned ? $"({target})convert_u{target}_sat_rtz" : $"convert_{target}_sat_rtz";
            string zero = instruction.Type.IsVector ? $"({target})(0)" : "0";
            return $"({text} == {text} ? {convert}({text}) : {zero})";
        }

        if (instruction.Type.IsVector)
        {
            return isUnsigned && operand.Type.IsInteger ? $"convert_{target}({Unsigned(operand)})" : $"convert_{target}({Strip(text)})";
        }

        return isUnsigned && operand.Type.IsInteger ? $"({target}){Unsigned(operand)}" : $"({target}){text}";
    }

    private void ChooseInlined()
    {
        ILookup<IrValue, (IrInstruction? User, IrBlock Block)> uses = _function.Blocks
            .SelectMany(block => block.Instructions.SelectMany(one => one.Operands.Select(operand => (Value: operand, User: (IrInstruction?)one, Block: block)))
                .Concat(block.Edges.SelectMany(edge => edge.Arguments).Append(block.Condition!).Where(value => value is not null)
                    .Select(value => (Value: value, User: (IrInstruction?)null, Block: block))))
            .ToLookup(use => use.Value, use => (use.User, use.Block));
        foreach (IrInstruction instruction in _function.Instructions.Where(one => one.IsPure))
        {
            (IrInstruction? User, IrBlock Block)[] users = [.. uses[instruction]];
            int depth = 1 + instruction.Operands.Max(operand => (int?)_inlinedDepth.GetValueOrDefault(operand)) ?? 1;
            bool isOnce = users.Length == 1 && users[0].Block == instruction.Block && depth <= MaximumDepth
                && !IsRepeatedOperand(users[0].User, instruction);
            bool isPlace = instruction.Opcode == IrOpcode.ElementAddress && users.All(one => IsAccess(one.User, instruction));
            if ((isOnce && !instruction.Type.IsPointer) || isPlace)
            {
                _inlinedDepth[instruction] = isPlace ? 0 : depth;
            }
        }
    }

    private static bool IsAccess(IrInstruction? user, IrValue address) =>
        user is { Opcode: IrOpcode.Load or IrOpcode.Store or IrOpcode.Atomic } && user.Operands[0] == address && !user.Operands.Skip(1).Contains(address);

    // The text of a float that becomes an integer appears three times.
    private static bool IsRepeatedOperand(IrInstruction? user, IrInstruction operand) =>
        user is { Opcode: IrOpcode.Convert or IrOpcode.ConvertUnsigned } && operand.Type.IsFloat && user.Type.IsInteger;
}
