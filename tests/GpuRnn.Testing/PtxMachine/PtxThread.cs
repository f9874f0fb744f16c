namespace GpuRnn.Testing.PtxMachine;

/// <summary>One work-item: its registers, its private memory and where it stands.</summary>
internal sealed class PtxThread
{
    private const int MaximumSteps = 50_000_000;

    private readonly PtxGroup _group;
    private readonly PtxEntry _entry;
    private readonly ulong[] _registers;
    private readonly bool[] _isWritten;
    private readonly List<Action> _begunCopies = [];
    private readonly Queue<Action[]> _copySets = new();
    private readonly byte[] _local;
    private int _next;
    private int _steps;

    internal PtxThread(PtxGroup group, IReadOnlyDictionary<string, ulong> special)
    {
        _group = group;
        _entry = group.Entry;
        _local = PtxGroup.Undefined(_entry.LocalBytes);
        _registers = new ulong[_entry.Registers.Count];
        _isWritten = new bool[_registers.Length];
        foreach ((string name, ulong value) in special)
        {
            if (_entry.Registers.TryGetValue(name, out int register))
            {
                Write(register, value);
            }
        }
    }

    internal bool HasEnded { get; private set; }

    /// <summary>The instruction at which the work-item waits for others; null when it can go on.</summary>
    internal PtxStep? Waiting { get; private set; }

    /// <summary>True when the work-item has given way behind an acquire, so that other groups can do what it may be looking for.</summary>
    internal bool HasGivenWay { get; private set; }

    /// <summary>Runs to where it must wait for others or give way, or to the end.</summary>
    internal void RunUntilWaiting()
    {
        HasGivenWay = false;
        while (!HasEnded && Waiting is null && !HasGivenWay)
        {
            PtxStep step = _entry.Step(_next++);
            if (step.Guard >= 0 && Read(step.Guard) != 0 == step.IsGuardNegated)
            {
                continue;
            }

            if (++_steps > MaximumSteps)
            {
                throw new InvalidOperationException($"PtxThread: {_entry.Name} has run {MaximumSteps} instructions. It loops for ever.");
            }

            Execute(step);
        }
    }

    /// <summary>Lets a waiting work-item go on.</summary>
    internal void Release() => Waiting = null;

    /// <summary>What the work-item brings to the exchange at which it waits.</summary>
    internal uint Offered() => (uint)Read(Waiting!.Operands[1][0]);

    /// <summary>The lane whose value the work-item takes: the own one where the one it asks for is behind the last.</summary>
    internal int Wanted(int ownLane)
    {
        int wanted = (int)(Read(Waiting!.Operands[2][0]) & 31);
        return wanted <= (int)(Read(Waiting.Operands[3][0]) & 31) ? wanted : ownLane;
    }

    /// <summary>Ends the exchange.</summary>
    internal void Take(uint value)
    {
        Write(Waiting!.Operands[0][0], value);
        Waiting = null;
    }

    /// <summary>The registers of an operand that is a list, of the instruction at which the work-item waits.</summary>
    internal uint[] List(int operand) => Array.ConvertAll(Waiting!.Operands[operand], part => (uint)Read(part));

    /// <summary>Ends an instruction with a list of results.</summary>
    internal void Take(uint[] values)
    {
        PtxOperand[] targets = Waiting!.Operands[0];
        for (int i = 0; i < targets.Length; i++)
        {
            Write(targets[i], values[i]);
        }

        Waiting = null;
    }

    private void Execute(PtxStep step)
    {
        PtxOperand[][] operands = step.Operands;
        switch (step.Word)
        {
            case "ret":
                HasEnded = true;
                break;
            case "bra":
                _next = step.Target;
                break;
            case "cp":
                Copy(step);
                break;
            case "bar" or "shfl" or "mma":
                Waiting = step;
                break;
            case "membar":
                break;
            case "ld":
                Load(step);
                break;
            case "st":
                Store(step);
                break;
            case "atom":
                Write(operands[0][0], Update(step, 1));
                break;
            case "red":
                Update(step, 0);
                break;
            case "mov" when operands[0].Length > 1:
                ulong whole = Read(operands[1][0]);
                Write(operands[0][0], (uint)whole);
                Write(operands[0][1], whole >> 32);
                break;
            case "mov" when operands[1].Length > 1:
                Write(operands[0][0], Read(operands[1][0]) | (Read(operands[1][1]) << 32));
                break;
            default:
                Span<ulong> values = stackalloc ulong[operands.Length - 1];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = Read(operands[i + 1][0]);
                }

                Write(operands[0][0], PtxArithmeticUnit.Compute(step.Instruction, values));
                break;
        }
    }

    private ulong Read(PtxOperand operand) => operand.IsRegister ? Read(operand.Register) : operand.Bits;

    private ulong Read(int register) => _isWritten[register] ? _registers[register] : throw new InvalidOperationException(
        $"PtxThread: {_entry.Registers.First(pair => pair.Value == register).Key} is read before anything has written it.");

    private void Write(PtxOperand target, ulong value) => Write(target.Register, value);

    private void Write(int register, ulong value)
    {
        _registers[register] = value;
        _isWritten[register] = true;
    }

    private ulong Address(PtxStep step, int operand) => Read(step.Operands[operand][0]) + (ulong)step.Offsets[operand];

    private Span<byte> Memory(string? space, ulong address, int bytes, PtxStep step)
    {
        byte[] array = space == "shared" ? _group.Shared : _local;
        return space switch
        {
            null => throw new InvalidOperationException($"PtxThread: '{step.Instruction.Text}' names no space."),
            "global" => _group.Global.At(address, bytes),
            _ when address % (ulong)bytes == 0 && address + (ulong)bytes <= (ulong)array.Length => array.AsSpan((int)address, bytes),
            _ => throw new InvalidOperationException($"PtxThread: '{step.Instruction.Text}' is at {address} of {array.Length} in {space} memory, for {bytes} bytes."),
        };
    }

    private void Load(PtxStep step)
    {
        PtxOperand[] targets = step.Operands[0];
        if (step.Parameter is string parameter)
        {
            Write(targets[0], _group.Parameters[parameter]);
            return;
        }

        int bytes = step.Bytes;
        Span<byte> memory = Memory(step.Space, Address(step, 1), bytes * targets.Length, step);
        for (int i = 0; i < targets.Length; i++)
        {
            Write(targets[i], PtxArithmeticUnit.Widen(Number(memory.Slice(i * bytes, bytes)), step.Instruction.Type));
        }

        HasGivenWay = step.Instruction.Operation[1] == "acquire";
    }

    // A copy may happen until somebody waits for it, so that is when it does.
    private void Copy(PtxStep step)
    {
        PtxInstruction instruction = step.Instruction;
        switch (instruction.Operation[2])
        {
            case "commit_group":
                _copySets.Enqueue([.. _begunCopies]);
                _begunCopies.Clear();
                break;
            case "wait_group":
                while (_copySets.Count > (int)Read(step.Operands[0][0]))
                {
                    Array.ForEach(_copySets.Dequeue(), copy => copy());
                }

                break;
            case "ca" or "cg":
                int bytes = (int)Read(step.Operands[2][0]);
                int valid = step.Operands.Length > 3 ? (int)Read(step.Operands[3][0]) : bytes;
                bool isKnown = bytes == 16 || (instruction.Operation[2] == "ca" && bytes is 4 or 8);
                if (!isKnown || valid < 0 || valid > bytes)
                {
                    throw new InvalidOperationException($"PtxThread: '{instruction.Text}' copies {valid} of {bytes} bytes.");
                }

                ulong to = Address(step, 0);
                ulong from = Address(step, 1);
                _begunCopies.Add(() =>
                {
                    Span<byte> target = Memory("shared", to, bytes, step);
                    target.Clear();
                    if (valid > 0)
                    {
                        _group.Global.At(from, bytes, valid).CopyTo(target);
                    }
                });
                break;
            default:
                throw new InvalidOperationException($"PtxThread: '{instruction.Text}' is not known.");
        }
    }

    private void Store(PtxStep step)
    {
        int bytes = step.Bytes;
        PtxOperand[] sources = step.Operands[1];
        Span<byte> memory = Memory(step.Space, Address(step, 0), bytes * sources.Length, step);
        for (int i = 0; i < sources.Length; i++)
        {
            Put(memory.Slice(i * bytes, bytes), Read(sources[i]));
        }
    }

    private ulong Update(PtxStep step, int place)
    {
        string type = step.Instruction.Type;
        Span<byte> memory = Memory(step.Space, Address(step, place), step.Bytes, step);
        ulong old = Number(memory);
        ulong value = Read(step.Operands[place + 1][0]);
        string operation = step.Instruction.Operation[^2];
        Put(memory, operation switch
        {
            "exch" => value,
            "cas" => old == value ? Read(step.Operands[place + 2][0]) : old,
            _ => PtxArithmeticUnit.Binary(operation, type, old, value),
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
