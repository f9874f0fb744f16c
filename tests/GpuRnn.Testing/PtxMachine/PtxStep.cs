using System.Globalization;

namespace GpuRnn.Testing.PtxMachine;

/// <summary>An instruction with its registers, constants, addresses and label looked up, so that running it looks up no name.</summary>
internal sealed class PtxStep
{
    private readonly PtxEntry _entry;

    internal PtxStep(PtxEntry entry, PtxInstruction instruction)
    {
        _entry = entry;
        Instruction = instruction;
        Word = instruction.Operation[0];
        Guard = instruction.IsGuardNegated is null ? -1 : entry.Register(instruction.Guard);
        Space = Array.Find(instruction.Operation, word => word is "global" or "shared" or "local" or "param");
        if (Word == "bra")
        {
            Target = entry.Target(instruction.Operands[0]);
            Operands = [];
            Offsets = [];
            return;
        }

        bool isParameter = Space == "param";
        Parameter = isParameter ? instruction.Operands[1][1..^1] : null;
        Operands = [.. instruction.Operands.Select((operand, position) => isParameter && position == 1 ? [] : Decode(operand, position))];
        Offsets = Array.ConvertAll(instruction.Operands, operand => isParameter || !operand.StartsWith('[') ? 0 : OffsetOf(operand));
        Bytes = Word is "ld" or "st" or "atom" or "red" ? PtxArithmeticUnit.Width(instruction.Type) / 8 : 0;
    }

    internal PtxInstruction Instruction { get; }

    /// <summary>The first word of its name.</summary>
    internal string Word { get; }

    /// <summary>The guard's register; negative where there is none.</summary>
    internal int Guard { get; }

    internal bool IsGuardNegated => Instruction.IsGuardNegated == true;

    /// <summary>Where a branch goes.</summary>
    internal int Target { get; }

    /// <summary>The space that it names, if it names one.</summary>
    internal string? Space { get; }

    /// <summary>The parameter that it loads, if it loads one.</summary>
    internal string? Parameter { get; }

    /// <summary>The bytes of one number in memory.</summary>
    internal int Bytes { get; }

    /// <summary>Each operand: the members of a list, the base of an address, or itself alone.</summary>
    internal PtxOperand[][] Operands { get; }

    /// <summary>What is added to the base of each operand that is an address.</summary>
    internal long[] Offsets { get; }

    private static long OffsetOf(string address)
    {
        string[] parts = address[1..^1].Split('+', 2);
        return parts.Length == 1 ? 0 : long.Parse(parts[1], CultureInfo.InvariantCulture);
    }

    private static string[] Members(string list) => [.. list.Trim('{', '}').Split(',').Select(part => part.Trim())];

    private PtxOperand[] Decode(string operand, int position)
    {
        if (operand.StartsWith('['))
        {
            // Of two addresses, the first is a copy's target, in shared memory.
            bool isGlobal = Word == "cp" ? position == 1 : Space == "global";
            return [One(operand[1..^1].Split('+', 2)[0], isGlobal ? "u64" : "u32")];
        }

        string type = TypeOf(position);
        return operand.StartsWith('{') ? [.. Members(operand).Select(member => One(member, type))] : [One(operand, type)];
    }

    // The operands of most instructions have the instruction's type; the exceptions are named here.
    private string TypeOf(int position) => (Word, position) switch
    {
        ("cp" or "shfl" or "mma" or "bar", _) => "b32",
        ("mov", 1) when Instruction.Operands[0].StartsWith('{') => "b64",
        ("mov", 1) when Instruction.Operands[1].StartsWith('{') => "b32",
        ("selp", 3) => "pred",
        ("shl" or "shr", 2) => "u32",
        ("mad", 3) when Instruction.Operation[1] == "wide" => $"{Instruction.Type[0]}64",
        _ => Instruction.Type,
    };

    private PtxOperand One(string operand, string type)
    {
        if (operand.StartsWith('%'))
        {
            return new PtxOperand(_entry.Register(operand), 0);
        }

        if (operand.StartsWith("0f", StringComparison.Ordinal))
        {
            return type is "f32" or "b32" ? Constant(uint.Parse(operand[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)) : throw Mistyped(operand, type);
        }

        if (operand.StartsWith("0d", StringComparison.Ordinal))
        {
            return type is "f64" or "b64" ? Constant(ulong.Parse(operand[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)) : throw Mistyped(operand, type);
        }

        string[] sum = operand.Split('+');
        if (_entry.Offset(sum[0]) is int offset)
        {
            return Constant((ulong)(offset + (sum.Length > 1 ? int.Parse(sum[1], CultureInfo.InvariantCulture) : 0)));
        }

        ulong number = operand.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.Parse(operand[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : (ulong)long.Parse(operand, CultureInfo.InvariantCulture);
        return type.StartsWith('f') ? throw Mistyped(operand, type) : Constant(PtxArithmeticUnit.Cut(number, type));
    }

    private static PtxOperand Constant(ulong bits) => new(-1, bits);

    private static InvalidOperationException Mistyped(string operand, string type) => new($"PtxThread: {operand} stands where a {type} was needed.");
}
