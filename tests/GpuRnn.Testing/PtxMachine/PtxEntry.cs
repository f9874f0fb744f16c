using System.Text.RegularExpressions;

namespace GpuRnn.Testing.PtxMachine;

/// <summary>One kernel of a PTX text.</summary>
/// <param name="name">Its name in the text.</param>
public sealed partial class PtxEntry(string name)
{
    private readonly List<(string Name, string Type)> _parameters = [];
    private readonly List<PtxInstruction> _instructions = [];
    private readonly Dictionary<string, int> _labels = [];
    private readonly Lock _gate = new();
    private Dictionary<string, int>? _registers;
    private PtxStep?[] _steps = [];
    private readonly Dictionary<string, int> _offsets = new() { ["dynamic_shared"] = 0 };

    /// <summary>Its name in the text.</summary>
    public string Name { get; } = name;

    /// <summary>Name and type of each parameter, in order.</summary>
    public IReadOnlyList<(string Name, string Type)> Parameters => _parameters;

    /// <summary>The instructions in order.</summary>
    public IReadOnlyList<PtxInstruction> Instructions => _instructions;

    /// <summary>The work-items of a group at most, where the entry says so.</summary>
    public int? MaximumGroupSize { get; internal set; }

    /// <summary>Bytes of the shared arrays that it declares.</summary>
    public int SharedBytes { get; private set; }

    /// <summary>Bytes of the private arrays that it declares.</summary>
    public int LocalBytes { get; private set; }

    /// <summary>The instruction behind a label.</summary>
    public int Target(string label) => _labels[label];

    /// <summary>Where an array begins in its space; null for anything but an array's name.</summary>
    public int? Offset(string array) => _offsets.TryGetValue(array, out int offset) ? offset : null;

    /// <summary>The registers that the instructions name, by number, those of the hardware among them.</summary>
    internal IReadOnlyDictionary<string, int> Registers
    {
        get
        {
            lock (_gate)
            {
                return _registers ??= NumberRegisters();
            }
        }
    }

    /// <summary>The number of a register.</summary>
    internal int Register(string register) => Registers[register];

    /// <summary>An instruction ready to run; one that makes no sense is an error when it is first reached.</summary>
    internal PtxStep Step(int instruction) =>
        _steps[instruction] ??= new PtxStep(this, _instructions[instruction]);

    internal void AddParameter(string parameter, string type) => _parameters.Add((parameter, type));

    internal void AddLabel(string label) => _labels.Add(label, _instructions.Count);

    internal void AddInstruction(PtxInstruction instruction) => _instructions.Add(instruction);

    internal void AddArray(string space, string array, int bytes)
    {
        _offsets.Add(array, space == "shared" ? SharedBytes : LocalBytes);
        if (space == "shared")
        {
            SharedBytes += bytes;
        }
        else
        {
            LocalBytes += bytes;
        }
    }

    private Dictionary<string, int> NumberRegisters()
    {
        _steps = new PtxStep?[_instructions.Count];
        Dictionary<string, int> numbers = [];
        foreach (PtxInstruction instruction in _instructions)
        {
            foreach (string text in instruction.Operands.Append(instruction.Guard))
            {
                foreach (Match register in RegisterName().Matches(text))
                {
                    numbers.TryAdd(register.Value, numbers.Count);
                }
            }
        }

        return numbers;
    }

    [GeneratedRegex(@"%[\w.]+")]
    private static partial Regex RegisterName();
}
