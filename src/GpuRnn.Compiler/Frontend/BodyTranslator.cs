using System.Reflection;
using System.Reflection.Emit;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Frontend;

/// <summary>Translates one method body in place; the bodies it calls are translated by further instances.</summary>
/// <remarks>
/// Arguments, locals and what the stack holds between blocks live in variables of the entry block; passes turn these into registers.
/// An argument that the body neither writes nor takes the address of is used directly. Only code that can be reached is read, with
/// conditions that are already known, so that a body may hold what no device could run behind a constant.
/// </remarks>
internal sealed partial class BodyTranslator
{
    // Calls within calls; more come only from a method that calls itself with ever larger type arguments.
    private const int MaximumDepth = 256;

    private readonly FunctionBuilder _builder;
    private readonly string _kernel;
    private readonly BodyTranslator? _caller;
    private readonly string? _callerLine;
    private readonly MethodCode _code;
    private readonly int _depth;
    private readonly Dictionary<int, IrBlock> _blocks = [];
    private readonly Dictionary<int, IReadOnlyList<StackSlot>> _entryStacks = [];
    private readonly Queue<int> _open = new();
    private readonly HashSet<int> _reached = [];
    private readonly IReadOnlyList<StackValue> _arguments;
    private readonly Dictionary<int, StackSlot> _argumentSlots = [];
    private readonly List<StackSlot> _locals = [];
    private readonly Stack<StackValue> _stack = new();
    private readonly StackSlot _result;
    private readonly IrBlock _exit;
    private Type? _constraint;
    private (StackSlot? Slot, StackValue Value, int Next) _justStored = (null, StackValue.None, -1);
    private IlInstruction _current;

    internal BodyTranslator(
        FunctionBuilder builder, string kernel, BodyTranslator? caller, MethodCode code, IReadOnlyList<StackValue> arguments)
    {
        _builder = builder;
        _kernel = kernel;
        _caller = caller;
        _callerLine = caller?.SourceLine();
        _code = code;
        _depth = caller is null ? 0 : caller._depth + 1;
        _arguments = arguments;
        builder.Function.Inputs.Add(code.Method);
        MethodBody body = code.Body;
        _current = code.Instructions[0];
        if (body.ExceptionHandlingClauses.Count > 0)
        {
            // A debug build begins a block with an instruction that does nothing and has the line of the brace.
            int start = body.ExceptionHandlingClauses.Min(clause => clause.TryOffset);
            _current = code.Instructions.First(instruction => instruction.Offset >= start && instruction.OpCode != OpCodes.Nop);
            throw Refusal.Throwing(Where(), "has a try block");
        }

        _exit = builder.Function.AddBlock();
        _result = NewSlot(code.ResultType);
        PrepareVariables();
    }

    /// <summary>Appends the body at the builder's current block and leaves the builder behind it.</summary>
    /// <returns>What the method returns.</returns>
    internal StackValue Translate()
    {
        foreach (int start in _code.BlockStarts)
        {
            _blocks[start] = _builder.Function.AddBlock();
        }

        Reach(0);
        while (_open.TryDequeue(out int offset))
        {
            TranslateBlock(offset);
        }

        _builder.Current = _exit;
        return Read(_result);
    }

    private void PrepareVariables()
    {
        foreach (int index in _code.WrittenArguments)
        {
            StackSlot slot = NewSlot(_arguments[index].Type);
            Write(slot, _arguments[index]);
            _argumentSlots[index] = slot;
        }

        foreach (Type local in _code.LocalTypes)
        {
            StackSlot slot = NewSlot(local);
            _locals.Add(slot);
            if (_code.Body.InitLocals)
            {
                Clear(slot);
            }
        }
    }

    private void TranslateBlock(int offset)
    {
        _builder.Current = _blocks[offset];
        _stack.Clear();
        if (_entryStacks.TryGetValue(offset, out IReadOnlyList<StackSlot>? slots))
        {
            foreach (StackSlot slot in slots)
            {
                _stack.Push(Read(slot));
            }
        }

        for (int i = _code.Position(offset); i < _code.Instructions.Count; i++)
        {
            _current = _code.Instructions[i];
            _builder.Source = SourceLine();
            TranslateOne();
            if (_builder.Current is null)
            {
                return;
            }

            if (_blocks.ContainsKey(_current.Next))
            {
                Reach(_current.Next);
                return;
            }
        }
    }

    /// <summary>Jumps to the block at an offset, handing over the stack.</summary>
    private void Reach(int offset)
    {
        PassStack(offset);
        _builder.Jump(_blocks[offset]);
    }

    private void Branch(IrValue condition, int whenTrue, int whenFalse)
    {
        if (condition is IrConstant known)
        {
            Reach(known.Bits != 0 ? whenTrue : whenFalse);
            return;
        }

        PassStack(whenTrue);
        PassStack(whenFalse);
        _builder.Branch(condition, _blocks[whenTrue], _blocks[whenFalse]);
    }

    private void PassStack(int offset)
    {
        StackValue[] values = [.. _stack.Reverse()];
        if (!_entryStacks.TryGetValue(offset, out IReadOnlyList<StackSlot>? slots))
        {
            _entryStacks[offset] = slots = Array.ConvertAll(values, NewSlotLike);
        }

        for (int i = 0; i < values.Length; i++)
        {
            Write(slots[i], values[i]);
        }

        if (_reached.Add(offset))
        {
            _open.Enqueue(offset);
        }
    }

    private StackSlot NewSlot(Type type)
    {
        _builder.Function.Inputs.Add(type);
        IReadOnlyList<IrType> leaves = TypeLayout.Leaves(type);
        return new StackSlot(type, leaves, leaves.Count == 0 ? IrConstant.Zero(IrType.I32) : _builder.Variable(leaves));
    }

    // A bool on the stack is an int: another way to the same place may bring any int.
    private StackSlot NewSlotLike(StackValue value)
    {
        IReadOnlyList<IrType> leaves = value is { Type.IsPrimitive: true, Leaves: [{ Type: var only }] } && only == IrType.Bool
            ? [IrType.I32]
            : [.. value.Leaves.Select(leaf => leaf.Type with { Space = AddressSpace.Unknown })];
        return new StackSlot(value.Type, leaves, leaves.Count == 0 ? IrConstant.Zero(IrType.I32) : _builder.Variable(leaves));
    }

    private StackValue Read(StackSlot slot) => Load(slot.Type, slot.Leaves, slot.Address);

    private void Write(StackSlot slot, StackValue value) => Store(slot.Type, slot.Leaves, slot.Address, value);

    private void Clear(StackSlot slot) => Clear(slot.Type, slot.Leaves, slot.Address);

    private StackValue Load(Type type, IReadOnlyList<IrType> leaves, IrValue address) =>
        new(type, [.. leaves.Select((leaf, i) => _builder.Load(_builder.LeafAddress(address, type, leaves, i), leaf))]);

    private void Store(Type type, IReadOnlyList<IrType> leaves, IrValue address, StackValue value)
    {
        for (int i = 0; i < leaves.Count; i++)
        {
            _builder.Store(_builder.LeafAddress(address, type, leaves, i), value.Leaves[i], leaves[i]);
        }
    }

    private void Clear(Type type, IReadOnlyList<IrType> leaves, IrValue address)
    {
        for (int i = 0; i < leaves.Count; i++)
        {
            _builder.Store(_builder.LeafAddress(address, type, leaves, i), IrConstant.Zero(IrType.Loaded(leaves[i])), leaves[i]);
        }
    }

    private bool IsRunning(MethodBase method) => _code.Method == method || (_caller?.IsRunning(method) ?? false);

    /// <summary>The kernel and the line, the caller's where a library has none.</summary>
    private string Where() => SourceLine() is string line ? $"{_kernel} at {line}" : _kernel;

    private string? SourceLine() =>
        (_code.IsLibrary ? null : _code.Line(_current.Offset)) ?? _callerLine ?? _code.Line(_current.Offset);

    /// <summary>A variable that holds a value between instructions.</summary>
    private sealed record StackSlot(Type Type, IReadOnlyList<IrType> Leaves, IrValue Address);
}
