using System.Globalization;

namespace GpuRnn.Testing.PtxMachine;

/// <summary>One work-item: its registers, its private memory and where it stands.</summary>
internal sealed class PtxThread(PtxGroup group, IReadOnlyDictionary<string, ulong> special)
{
    private const int MaximumSteps = 50_000_000;

    private readonly Dictionary<string, ulong> _registers = [];
    private readonly List<Action> _begunCopies = [];
    private readonly Queue<Action[]> _copySets = new();
    private readonly byte[] _local = PtxGroup.Undefined(group.Entry.LocalBytes);
    private int _next;
    private int _steps;

    internal bool HasEnded { get; private set; }

    /// <summary>The instruction at which the work-item waits for others; null when it can go on.</summary>
    internal PtxInstruction? Waiting { get; private set; }

    /// <summary>True when the work-item has given way behind an acquire, so that other groups can do what it may be looking for.</summary>
    internal bool HasGivenWay { get; private set; }

    /// <summary>Runs to where it must wait for others or give way, or to the end.</summary>
    internal void RunUntilWaiting()
    {
        HasGivenWay = false;
        while (!HasEnded && Waiting is null && !HasGivenWay)
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

            Execute(instruction);
        }
    }

    /// <summary>Lets a waiting work-item go on.</summary>
    internal void Release() => Waiting = null;

    /// <summary>What the work-item brings to the exchange at which it waits.</summary>
    internal uint Offered() => (uint)Read(Waiting!.Operands[1], "b32");

    /// <summary>The lane whose value the work-item takes: the own one where the one it asks for is behind the last.</summary>
    internal int Wanted(int ownLane)
    {
        int wanted = (int)(Read(Waiting!.Operands[2], "b32") & 31);
        return wanted <= (int)(Read(Waiting.Operands[3], "b32") & 31) ? wanted : ownLane;
    }

    /// <summary>Ends the exchange.</summary>
    internal void Take(uint value)
    {
        _registers[Waiting!.Operands[0]] = value;
        Waiting = null;
    }

    /// <summary>The registers of an operand that is a list, of the instruction at which the work-item waits.</summary>
    internal uint[] List(int operand) => [.. Parts(Waiting!.Operands[operand]).Select(part => (uint)Read(part, "b32"))];

    /// <summary>Ends an instruction with a list of results.</summary>
    internal void Take(uint[] values)
    {
        string[] targets = Parts(Waiting!.Operands[0]);
        for (int i = 0; i < targets.Length; i++)
        {
            _registers[targets[i]] = values[i];
        }

        Waiting = null;
    }

    private void Execute(PtxInstruction instruction)
    {
        string[] operands = instruction.Operands;
        switch (instruction.Operation[0])
        {
            case "ret":
                HasEnded = true;
                break;
            case "bra":
                _next = group.Entry.Target(operands[0]);
                break;
            case "cp":
                Copy(instruction);
                break;
            case "bar" or "shfl" or "mma":
                Waiting = instruction;
                break;
            case "membar":
                break;
            case "ld":
                Load(instruction);
                break;
            case "st":
                Store(instruction);
                break;
            case "atom":
                _registers[operands[0]] = Update(instruction, operands[1], operands[2..]);
                break;
            case "red":
                Update(instruction, operands[0], operands[1..]);
                break;
            case "mov" when operands[0].StartsWith('{'):
                ulong whole = Read(operands[1], "b64");
                string[] halves = Parts(operands[0]);
                _registers[halves[0]] = (uint)whole;
                _registers[halves[1]] = whole >> 32;
                break;
            case "mov" when operands[1].StartsWith('{'):
                string[] words = Parts(operands[1]);
                _registers[operands[0]] = Read(words[0], "b32") | (Read(words[1], "b32") << 32);
                break;
            default:
                ulong[] values = [.. operands.Skip(1).Select((operand, i) => Read(operand, OperandType(instruction, i)))];
                _registers[operands[0]] = PtxArithmeticUnit.Compute(instruction, values);
                break;
        }
    }

    private static string[] Parts(string list) => [.. list.Trim('{', '}').Split(',').Select(part => part.Trim())];

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

    private ulong Address(string space, string operand)
    {
        string[] parts = operand[1..^1].Split('+', 2);
        long offset = parts.Length == 1 ? 0 : long.Parse(parts[1], CultureInfo.InvariantCulture);
        return Read(parts[0], space == "global" ? "u64" : "u32") + (ulong)offset;
    }

    private Span<byte> Memory(string space, ulong address, int bytes, PtxInstruction instruction)
    {
        byte[] array = space == "shared" ? group.Shared : _local;
        return space switch
        {
            "global" => group.Global.At(address, bytes),
            _ when address % (ulong)bytes == 0 && address + (ulong)bytes <= (ulong)array.Length => array.AsSpan((int)address, bytes),
            _ => throw new InvalidOperationException($"PtxThread: '{instruction.Text}' is at {address} of {array.Length} in {space} memory, for {bytes} bytes."),
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
        string[] targets = Parts(instruction.Operands[0]);
        Span<byte> memory = Memory(space, Address(space, instruction.Operands[1]), bytes * targets.Length, instruction);
        for (int i = 0; i < targets.Length; i++)
        {
            _registers[targets[i]] = PtxArithmeticUnit.Widen(Number(memory.Slice(i * bytes, bytes)), instruction.Type);
        }

        HasGivenWay = instruction.Operation[1] == "acquire";
    }

    // A copy may happen until somebody waits for it, so that is when it does.
    private void Copy(PtxInstruction instruction)
    {
        switch (instruction.Operation[2])
        {
            case "commit_group":
                _copySets.Enqueue([.. _begunCopies]);
                _begunCopies.Clear();
                break;
            case "wait_group":
                while (_copySets.Count > (int)Read(instruction.Operands[0], "b32"))
                {
                    Array.ForEach(_copySets.Dequeue(), copy => copy());
                }

                break;
            case "ca" or "cg":
                string[] operands = instruction.Operands;
                int bytes = (int)Read(operands[2], "b32");
                int valid = operands.Length > 3 ? (int)Read(operands[3], "b32") : bytes;
                bool isKnown = bytes == 16 || (instruction.Operation[2] == "ca" && bytes is 4 or 8);
                if (!isKnown || valid < 0 || valid > bytes)
                {
                    throw new InvalidOperationException($"PtxThread: '{instruction.Text}' copies {valid} of {bytes} bytes.");
                }

                ulong to = Address("shared", operands[0]);
                ulong from = Address("global", operands[1]);
                _begunCopies.Add(() =>
                {
                    Span<byte> target = Memory("shared", to, bytes, instruction);
                    target.Clear();
                    if (valid > 0)
                    {
                        group.Global.At(from, bytes, valid).CopyTo(target);
                    }
                });
                break;
            default:
                throw new InvalidOperationException($"PtxThread: '{instruction.Text}' is not known.");
        }
    }

    private void Store(PtxInstruction instruction)
    {
        int bytes = PtxArithmeticUnit.Width(instruction.Type) / 8;
        string[] sources = Parts(instruction.Operands[1]);
        string space = Space(instruction);
        Span<byte> memory = Memory(space, Address(space, instruction.Operands[0]), bytes * sources.Length, instruction);
        for (int i = 0; i < sources.Length; i++)
        {
            Put(memory.Slice(i * bytes, bytes), Read(sources[i], instruction.Type));
        }
    }

    private ulong Update(PtxInstruction instruction, string place, string[] operands)
    {
        string space = Space(instruction);
        Span<byte> memory = Memory(space, Address(space, place), PtxArithmeticUnit.Width(instruction.Type) / 8, instruction);
        ulong old = Number(memory);
        ulong[] values = Array.ConvertAll(operands, operand => Read(operand, instruction.Type));
        string operation = instruction.Operation[^2];
        Put(memory, operation switch
        {
            "exch" => values[0],
            "cas" => old == values[0] ? values[1] : old,
            _ => PtxArithmeticUnit.Binary(operation, instruction.Type, old, values[0]),
        });
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
