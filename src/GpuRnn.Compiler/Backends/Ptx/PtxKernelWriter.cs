using System.Globalization;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Writes one function as one entry of a PTX program.</summary>
internal sealed class PtxKernelWriter
{
    /// <summary>What a kernel may declare; more must be asked for at the launch.</summary>
    private const int MaximumStaticSharedBytes = 48 * 1024;
    private const int ArrayAlignment = 16;

    private static readonly string[] s_axes = ["x", "y", "z"];

    private readonly IrFunction _function;
    private readonly PtxRegisters _registers = new();
    private readonly PtxText _text = new();
    private readonly NeededValues _needed;
    private readonly ControlFlow _flow;
    private readonly PredicatedBlocks _predicated;
    private readonly PtxAddresses _addresses;
    private readonly PtxArithmetic _arithmetic;
    private readonly PtxMemory _memory;
    private readonly PtxWarp _warp;
    private readonly PtxTensor _tensor;
    private readonly Dictionary<IrInstruction, string> _arrays = [];
    private readonly List<string> _arrayDeclarations = [];
    private readonly string[] _launchIndices = new string[3];

    internal PtxKernelWriter(IrFunction function, PtxTarget target)
    {
        _function = function;
        _needed = new NeededValues(function);
        _flow = new ControlFlow(function);
        _predicated = new PredicatedBlocks(_flow, _needed);
        _addresses = new PtxAddresses(_registers, _text);
        _arithmetic = new PtxArithmetic(function, _registers, _text);
        _memory = new PtxMemory(function, _registers, _text, _addresses);
        _warp = new PtxWarp(_registers, _text, _arithmetic);
        _tensor = new PtxTensor(function, target, _registers, _text, _addresses);
        PlaceArrays();
        UsesDynamicShared = function.Instructions.Any(one =>
            one.Opcode == IrOpcode.DynamicSharedArray || one is { Opcode: IrOpcode.WorkItem, Immediate: (int)WorkItemQuery.DynamicSharedBytes });
    }

    /// <summary>The bytes of the kernel's shared arrays.</summary>
    internal long SharedBytes { get; private set; }

    /// <summary>The bytes of shared arrays that the launch must provide; 0 when the kernel declares its own.</summary>
    internal long LaunchSharedBytes { get; private set; }

    /// <summary>True when the kernel takes shared memory whose size the launch decides.</summary>
    internal bool UsesDynamicShared { get; }

    /// <summary>The oldest architecture that has all instructions.</summary>
    internal string MinimumArchitecture => _function.Instructions.Select(PtxTensor.MinimumOf)
        .Aggregate(PtxTarget.Oldest, (oldest, needed) => oldest.IsOlderThan(needed) ? needed : oldest).Name;

    /// <summary>The entry's text.</summary>
    /// <param name="name">Its name in the program.</param>
    internal string Write(string name)
    {
        Prologue();
        IrBlock[] blocks = [.. _flow.Blocks.Where(block => !_predicated.Contains(block))];
        for (int i = 0; i < blocks.Length; i++)
        {
            _text.Label(Label(blocks[i]));
            Instructions(blocks[i]);
            Terminator(blocks[i], i + 1 < blocks.Length ? blocks[i + 1] : null);
        }

        string body = _text.ToString();
        string arrays = string.Concat(_arrayDeclarations.Select(line => $"    {line}\n"));
        string dynamic = LaunchSharedBytes == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"// The launch provides {LaunchSharedBytes} bytes of shared memory for its arrays.\n");
        return $"// {_function.Name}\n{dynamic}.visible .entry {name}(\n{string.Join(",\n", Signature())})\n{Bounds()}{{\n"
            + $"{_registers.Declarations()}{arrays}\n{body}}}\n";
    }

    private string Label(IrBlock block) => $"$block{_flow.Order(block).ToString(CultureInfo.InvariantCulture)}";

    private static string ParameterName(IrParameter parameter) =>
        "arg_" + string.Concat(parameter.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));

    private string Bounds()
    {
        if (_function.LaunchBounds is not LaunchBoundsAttribute bounds)
        {
            return "";
        }

        string most = string.Create(CultureInfo.InvariantCulture, $".maxntid {bounds.MaximumGroupSize}, 1, 1\n");
        return bounds.MinimumGroupsPerMultiprocessor == 0
            ? most
            : string.Create(CultureInfo.InvariantCulture, $"{most}.minnctapersm {bounds.MinimumGroupsPerMultiprocessor}\n");
    }

    private IEnumerable<string> Signature()
    {
        foreach (IrParameter parameter in _function.Parameters)
        {
            string type = PtxMemory.ParameterType(parameter.Type);
            // One byte for structs: how theirs lie is not known here.
            string space = parameter.Type.IsPointer
                ? string.Create(CultureInfo.InvariantCulture, $" .ptr .global .align {AddressParts.SizeOf(parameter.Type.Element)}")
                : "";
            yield return $"    .param .{type}{space} {ParameterName(parameter)}";
        }

        for (int axis = 0; axis < _function.LaunchDimensions; axis++)
        {
            yield return $"    .param .u32 extent_{s_axes[axis]}";
        }
    }

    // Shared arrays that are too large to be declared lie at the front of the memory that the launch provides.
    private void PlaceArrays()
    {
        IrInstruction[] shared = [.. _function.Instructions.Where(one => one.Opcode == IrOpcode.SharedArray)];
        SharedBytes = shared.Sum(BytesOf);
        bool isTooLarge = SharedBytes > MaximumStaticSharedBytes;
        foreach (IrInstruction array in _function.Instructions.Where(one => one.Opcode is IrOpcode.SharedArray or IrOpcode.LocalArray))
        {
            bool isShared = array.Opcode == IrOpcode.SharedArray;
            if (isShared && isTooLarge)
            {
                _arrays[array] = string.Create(CultureInfo.InvariantCulture, $"{PtxWriter.DynamicShared}+{LaunchSharedBytes}");
                LaunchSharedBytes += BytesOf(array);
                continue;
            }

            string space = isShared ? "shared" : "local";
            string name = string.Create(CultureInfo.InvariantCulture, $"{space}_{_arrays.Count + 1}");
            _arrays[array] = name;
            _arrayDeclarations.Add(string.Create(
                CultureInfo.InvariantCulture, $".{space} .align {ArrayAlignment} .b8 {name}[{BytesOf(array)}];"));
        }

        foreach (IrInstruction array in _function.Instructions.Where(one => one.Opcode == IrOpcode.DynamicSharedArray))
        {
            _arrays[array] = string.Create(CultureInfo.InvariantCulture, $"{PtxWriter.DynamicShared}+{LaunchSharedBytes}");
        }
    }

    private static long BytesOf(IrInstruction array)
    {
        long bytes = ((IrConstant)array.Operands[0]).Bits * AddressParts.SizeOf(array.Type.Element);
        return (bytes + ArrayAlignment - 1) / ArrayAlignment * ArrayAlignment;
    }

    private void Prologue()
    {
        foreach (IrParameter parameter in _function.Parameters.Where(_needed.Contains))
        {
            _memory.Parameter(parameter, ParameterName(parameter));
        }

        // The number of work-items may be rounded up.
        for (int axis = 0; axis < _function.LaunchDimensions; axis++)
        {
            string letter = s_axes[axis];
            string extent = _registers.New("%r");
            string group = _registers.New("%r");
            string size = _registers.New("%r");
            string item = _registers.New("%r");
            string index = _registers.New("%r");
            string isOutside = _registers.New("%p");
            _text.Instruction("ld.param.u32", extent, $"[extent_{letter}]");
            _text.Instruction("mov.u32", group, $"%ctaid.{letter}");
            _text.Instruction("mov.u32", size, $"%ntid.{letter}");
            _text.Instruction("mov.u32", item, $"%tid.{letter}");
            _text.Instruction("mad.lo.s32", index, group, size, item);
            _text.Instruction("setp.ge.s32", isOutside, index, extent);
            _text.Instruction($"@{isOutside} ret");
            _launchIndices[axis] = index;
        }

        if (_function.Instructions.Any(one => one.Opcode == IrOpcode.WarpShuffle))
        {
            _warp.FindLastLane();
        }
    }

    private void Instructions(IrBlock block)
    {
        _addresses.Enter(block, _flow.ImmediateDominator(block));
        foreach (IrInstruction instruction in block.Instructions.Where(_needed.Contains))
        {
            if (instruction.Opcode != IrOpcode.WorkItem)
            {
                _text.Source(instruction.Source);
            }

            Instruction(instruction);
        }
    }

    private void Instruction(IrInstruction one)
    {
        switch (one.Opcode)
        {
            case IrOpcode.Alloca or IrOpcode.LeafAddress:
                throw new InternalCompilerException(_function.Name, "a variable reached the PTX backend", IrPrinter.Print(_function));
            case IrOpcode.SharedArray or IrOpcode.LocalArray or IrOpcode.DynamicSharedArray:
                _memory.Array(one, _arrays[one]);
                break;
            case IrOpcode.ElementAddress or IrOpcode.ByteAddress:
                _addresses.Define(one, _needed.IsAddressValue(one));
                break;
            case IrOpcode.Load:
                _memory.Load(one);
                break;
            case IrOpcode.Store:
                _memory.Store(one);
                break;
            case IrOpcode.Atomic:
                _memory.Atomic(one, _needed.IsRead(one));
                break;
            case IrOpcode.LoadAcquire or IrOpcode.StoreRelease or IrOpcode.AddRelease:
                _memory.Ordered(one);
                break;
            case IrOpcode.Barrier:
                _text.Instruction("bar.sync", "0");
                break;
            case IrOpcode.WarpBarrier:
                _text.Instruction("bar.warp.sync", "-1");
                break;
            case IrOpcode.WarpShuffle:
                _warp.Shuffle(one);
                break;
            case IrOpcode.Fence:
                _text.Instruction($"membar.{(FenceScope)one.Immediate switch { FenceScope.Group => "cta", FenceScope.Device => "gl", _ => "sys" }}");
                break;
            case IrOpcode.WorkItem:
                WorkItem(one, (WorkItemQuery)one.Immediate);
                break;
            case IrOpcode.Element:
                _registers.Bind(one, _registers.PartsOf(one.Operands[0])[(int)((IrConstant)one.Operands[1]).Bits]);
                break;
            default:
                if (!_tensor.Write(one))
                {
                    _arithmetic.Write(one);
                }

                break;
        }
    }

    private void WorkItem(IrInstruction one, WorkItemQuery query)
    {
        string result = _registers.Of(one);
        switch (query)
        {
            case WorkItemQuery.LaneIndex:
                _text.Instruction("mov.u32", result, "%laneid");
                return;
            case WorkItemQuery.WarpIndex:
                _warp.Index(result);
                return;
            case WorkItemQuery.DynamicSharedBytes:
                string all = _registers.New("%r");
                _text.Instruction("mov.u32", all, "%dynamic_smem_size");
                _text.Instruction("sub.s32", result, all, LaunchSharedBytes.ToString(CultureInfo.InvariantCulture));
                return;
            default:
                break;
        }

        int axis = (int)query % 3;
        if (query <= WorkItemQuery.LaunchIndexZ)
        {
            _registers.Bind(one, _launchIndices[axis]);
            return;
        }

        string[] special = ["%tid", "%ntid", "%ctaid", "%nctaid"];
        _text.Instruction("mov.u32", result, $"{special[((int)query / 3) - 1]}.{s_axes[axis]}");
    }

    private void Terminator(IrBlock block, IrBlock? next)
    {
        switch (block.Edges.Count)
        {
            case 0:
                _text.Instruction("ret");
                break;
            case 1:
                Assign(block.Edges[0]);
                Jump(block.Edges[0].Target, next);
                break;
            case 2 when _predicated.Behind(block) is IrBlock inner:
                Predicated(block, inner, next);
                break;
            case 2 when block.Edges[0].Target == block.Edges[1].Target && !block.Edges[0].Target.Parameters.Contains(block.Condition):
                Choose(block, next);
                break;
            default:
                Branch(block, next);
                break;
        }
    }

    private void Jump(IrBlock target, IrBlock? next)
    {
        if (target != next)
        {
            _text.Jump(Label(target));
        }
    }

    private void Predicated(IrBlock block, IrBlock inner, IrBlock? next)
    {
        string condition = _arithmetic.Predicate(block.Condition!);
        bool isTrue = block.Edges[0].Target == inner;
        _text.Guard = $"@{(isTrue ? "" : "!")}{condition}";
        _text.GuardsAccessesAlone = true;
        Instructions(inner);
        _text.GuardsAccessesAlone = false;
        Assign(inner.Edges[0]);
        _text.Guard = $"@{(isTrue ? "!" : "")}{condition}";
        Assign(block.Edges[isTrue ? 1 : 0]);
        _text.Guard = null;
        Jump(inner.Edges[0].Target, next);
    }

    // Both ways lead to one place and differ only in what they bring there.
    private void Choose(IrBlock block, IrBlock? next)
    {
        string condition = _arithmetic.Predicate(block.Condition!);
        IrBlock target = block.Edges[0].Target;
        string[] values = [.. block.Edges.SelectMany(edge => edge.Arguments).Select(_registers.Of)];
        if (target.Parameters.Exists(parameter => parameter.Type == IrType.Bool || values.Contains(_registers.Of(parameter))))
        {
            _text.Guard = $"@{condition}";
            Assign(block.Edges[0]);
            _text.Guard = $"@!{condition}";
            Assign(block.Edges[1]);
            _text.Guard = null;
        }
        else
        {
            for (int i = 0; i < target.Parameters.Count; i++)
            {
                string chosen = _registers.Of(target.Parameters[i]);
                _text.Instruction($"selp.{PtxRegisters.Suffix(chosen)}", chosen, values[i], values[i + target.Parameters.Count], condition);
            }
        }

        Jump(target, next);
    }

    // What the parameters of a target get is copied on the way to it alone: another way may still need their old values.
    private void Branch(IrBlock block, IrBlock? next)
    {
        string condition = _arithmetic.Predicate(block.Condition!);
        (IrEdge jumped, IrEdge fallen) = (block.Edges[0], block.Edges[1]);
        string guard = $"@{condition}";
        if (HasCopies(jumped) || jumped.Target == next)
        {
            (jumped, fallen) = (fallen, jumped);
            guard = $"@!{condition}";
        }

        if (IsReturn(jumped.Target))
        {
            _text.Instruction($"{guard} ret");
        }
        else if (!HasCopies(jumped))
        {
            _text.Jump(Label(jumped.Target), guard);
        }
        else
        {
            string way = $"{Label(block)}_way";
            _text.Jump(way, guard);
            Assign(fallen);
            _text.Jump(Label(fallen.Target));
            _text.Label(way);
            Assign(jumped);
            Jump(jumped.Target, next);
            return;
        }

        Assign(fallen);
        Jump(fallen.Target, next);
    }

    private static bool IsReturn(IrBlock block) => block is { Edges.Count: 0, Instructions.Count: 0 };

    private IEnumerable<(string Target, string Source)> Copies(IrEdge edge) => edge.Target.Parameters
        .Select((parameter, i) => (Target: _registers.Of(parameter), Source: _registers.Of(edge.Arguments[i])))
        .Where(copy => copy.Target != copy.Source);

    private bool HasCopies(IrEdge edge) => Copies(edge).Any();

    private void Assign(IrEdge edge)
    {
        foreach ((string target, string source) in ParallelCopy.Sequence(Copies(edge), _registers.Like))
        {
            _text.Instruction($"mov.{PtxRegisters.Suffix(target)}", target, source);
        }
    }
}
