using System.Globalization;

namespace GpuRnn.Testing.PtxMachine;

/// <summary>One work-item: its registers, its private memory and where it stands.</summary>
internal sealed class PtxThread(PtxGroup group, IReadOnlyDictionary<string, ulong> special)
{
    private const int MaximumSteps = 50_000_000;

    private readonly Dictionary<string, ulong> _registers = [];
    private readonly byte[] _local = PtxGroup.Undefined(group.Entry.LocalBytes);
    private int _next;
    private int _steps;

    internal bool HasEnded { get; private set; }

    /// <summary>Runs to the next barrier or to the end.</summary>
    internal void RunUntilWaiting()
    {
        while (!HasEnded)
        {
            PtxInstruction instruction = group.Entry.Instructions[_next++];
            if (instruction.IsGuardNegated is bool negated && Read(instruction.Guard, "pred") != 0 == negated)
            {
                continue;
            }

            if (++_steps > MaximumSteps)
            {
                throw new InvalidOperationException($"PtxThread: {group.Entry.Name} has run {MaximumSteps} instructions. It loops for ever.");
            }

            if (Execute(instruction))
            {
                return;
            }
        }
    }

    private bool Execute(PtxInstruction instruction)
    {
        string[] operands = instruction.Operands;
        switch (instruction.Operation[0])
        {
            case "ret":
                HasEnded = true;
                return true;
            case "bra":
                _next = group.Entry.Target(operands[0]);
                return false;
            case "bar":
                return true;
            case "ld":
                Load(instruction);
                return false;
            case "st":
                Store(instruction);
                return false;
            case "atom":
                _registers[operands[0]] = Update(instruction, operands[1], operands[2]);
                return false;
            case "red":
                Update(instruction, operands[0], operands[1]);
                return false;
            default:
                ulong[] values = [.. operands.Skip(1).Select((operand, i) => Read(operand, OperandType(instruction, i)))];
                _registers[operands[0]] = PtxArithmeticUnit.Compute(instruction, values);
                return false;
        }
    }

    // The operands of most instructions have the instruction's type; the exceptions are named here.
    private static string OperandType(PtxInstruction instruction, int position) => (instruction.Operation[0], position) switch
    {
        ("selp", 2) => "pred",
        ("shl" or "shr", 1) => "u32",
        ("mad", 2) when instruction.Operation[1] == "wide" => $"{instruction.Type[0]}64",
        _ => instruction.Type,
    };

    private ulong Read(string operand, string type)
    {
        if (operand.StartsWith('%'))
        {
            return _registers.TryGetValue(operand, out ulong value) ? value
                : special.TryGetValue(operand, out value) ? value
                : throw new InvalidOperationException($"PtxThread: {operand} is read before anything has written it.");
        }

        if (operand.StartsWith("0f", StringComparison.Ordinal))
        {
            return type is "f32" or "b32" ? uint.Parse(operand[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : throw Mistyped(operand, type);
        }

        if (operand.StartsWith("0d", StringComparison.Ordinal))
        {
            return type is "f64" or "b64" ? ulong.Parse(operand[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : throw Mistyped(operand, type);
        }

        string[] sum = operand.Split('+');
        if (group.Entry.Offset(sum[0]) is int offset)
        {
            return (ulong)(offset + (sum.Length > 1 ? int.Parse(sum[1], CultureInfo.InvariantCulture) : 0));
        }

        ulong number = operand.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.Parse(operand[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : (ulong)long.Parse(operand, CultureInfo.InvariantCulture);
        return type.StartsWith('f') ? throw Mistyped(operand, type) : PtxArithmeticUnit.Cut(number, type);
    }

    private static InvalidOperationException Mistyped(string operand, string type) => new($"PtxThread: {operand} stands where a {type} was needed.");

    private Span<byte> Memory(string space, string operand, int bytes)
    {
        string[] parts = operand[1..^1].Split('+', 2);
        long offset = parts.Length == 1 ? 0 : long.Parse(parts[1], CultureInfo.InvariantCulture);
        ulong address = Read(parts[0], space == "global" ? "u64" : "u32") + (ulong)offset;
        byte[] array = space == "shared" ? group.Shared : _local;
        return space switch
        {
            "global" => group.Global.At(address, bytes),
            _ when address % (ulong)bytes == 0 && address + (ulong)bytes <= (ulong)array.Length => array.AsSpan((int)address, bytes),
            _ => throw new InvalidOperationException($"PtxThread: {operand} in {space} memory is {address} of {array.Length}, for {bytes} bytes."),
        };
    }

    private static string Space(PtxInstruction instruction) =>
        Array.Find(instruction.Operation, word => word is "global" or "shared" or "local" or "param")
        ?? throw new InvalidOperationException($"PtxThread: '{instruction.Text}' names no space.");

    private void Load(PtxInstruction instruction)
    {
        string space = Space(instruction);
        if (space == "param")
        {
            _registers[instruction.Operands[0]] = group.Parameters[instruction.Operands[1][1..^1]];
            return;
        }

        int bytes = PtxArithmeticUnit.Width(instruction.Type) / 8;
        string[] targets = [.. instruction.Operands[0].Trim('{', '}').Split(',').Select(target => target.Trim())];
        Span<byte> memory = Memory(space, instruction.Operands[1], bytes * targets.Length);
        for (int i = 0; i < targets.Length; i++)
        {
            _registers[targets[i]] = PtxArithmeticUnit.Widen(Number(memory.Slice(i * bytes, bytes)), instruction.Type);
        }
    }

    private void Store(PtxInstruction instruction)
    {
        int bytes = PtxArithmeticUnit.Width(instruction.Type) / 8;
        string[] sources = [.. instruction.Operands[1].Trim('{', '}').Split(',').Select(source => source.Trim())];
        Span<byte> memory = Memory(Space(instruction), instruction.Operands[0], bytes * sources.Length);
        for (int i = 0; i < sources.Length; i++)
        {
            Put(memory.Slice(i * bytes, bytes), Read(sources[i], instruction.Type));
        }
    }

    private ulong Update(PtxInstruction instruction, string place, string operand)
    {
        Span<byte> memory = Memory(Space(instruction), place, PtxArithmeticUnit.Width(instruction.Type) / 8);
        ulong old = Number(memory);
        ulong value = Read(operand, instruction.Type);
        string operation = instruction.Operation[^2];
        Put(memory, operation == "exch" ? value : PtxArithmeticUnit.Binary(operation, instruction.Type, old, value));
        return old;
    }

    private static ulong Number(ReadOnlySpan<byte> memory)
    {
        ulong value = 0;
        for (int i = memory.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | memory[i];
        }

        return value;
    }

    private static void Put(Span<byte> memory, ulong value)
    {
        for (int i = 0; i < memory.Length; i++)
        {
            memory[i] = (byte)(value >> (8 * i));
        }
    }
}
