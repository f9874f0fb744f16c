using System.Reflection;
using System.Reflection.Emit;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Frontend;

// One instruction at a time.
internal sealed partial class BodyTranslator
{
    private void TranslateOne()
    {
        string name = _current.Name;
        string head = _current.Head;
        switch (head)
        {
            case "nop" or "readonly":
                break;
            case "constrained":
                _constraint = ResolveType();
                break;
            case "dup":
                _stack.Push(_stack.Peek());
                break;
            case "pop":
                _stack.Pop();
                break;
            case "ldarg" or "ldarga" or "starg" or "ldloc" or "ldloca" or "stloc":
                Variable(head, name);
                break;
            case "ldc":
                Constant(name);
                break;
            case "ldfld" or "ldflda" or "stfld" or "ldsfld":
                Field(head);
                break;
            case "ldobj" or "stobj" or "initobj" or "cpobj" or "ldind" or "stind":
                Memory(head, name);
                break;
            case "sizeof":
                Push(typeof(int), IrConstant.Of(TypeLayout.SizeInBytes(ResolveType())));
                break;
            case "call" or "callvirt" or "newobj":
                Call(head);
                break;
            case "ret":
                Return();
                break;
            case "br" or "brtrue" or "brfalse" or "switch" or "beq" or "bne" or "blt" or "ble" or "bgt" or "bge":
                Jump(head, name);
                break;
            case "ldstr" when _code.IsLibrary:
                // The name of a parameter, for a check that a device leaves out.
                _stack.Push(new StackValue(typeof(string), []));
                break;
            case "conv":
                Convert(name);
                break;
            default:
                Arithmetic(head, name);
                break;
        }
    }

    private void Push(Type type, IrValue value) => _stack.Push(new StackValue(type, value));

    private IrValue PopScalar()
    {
        StackValue value = _stack.Pop();
        return value.Leaves is [IrValue scalar] ? scalar : throw Refusal.TypeOf(Where(), TypeName.Of(value.Type), "a number was needed");
    }

    private Type ResolveType()
    {
        Type type = _code.Resolve<Type>(_current);
        _builder.Function.Inputs.Add(type);
        return type;
    }

    private void Variable(string head, string name)
    {
        string last = name.Split('.')[^1];
        int index = int.TryParse(last, out int number) ? number : (int)_current.Integer;
        bool isArgument = head.EndsWith("arg", StringComparison.Ordinal) || head == "ldarga";
        StackSlot? slot = isArgument ? _argumentSlots.GetValueOrDefault(index) : _locals[index];
        if (slot is null)
        {
            _stack.Push(_arguments[index]);
        }
        else if (head is "ldarga" or "ldloca")
        {
            Push(slot.Type.MakeByRefType(), slot.Address);
        }
        else if (head is "starg" or "stloc")
        {
            StackValue value = As(slot.Type, _stack.Pop());
            Write(slot, value);
            _justStored = (slot, value, _current.Next);
        }
        else if (_justStored.Slot == slot && _justStored.Next == _current.Offset && !_blocks.ContainsKey(_current.Offset))
        {
            // Unoptimised IL puts every condition into a local first; a constant must stay one across it.
            _stack.Push(_justStored.Value);
        }
        else
        {
            _stack.Push(Read(slot));
        }
    }

    private void Constant(string name)
    {
        switch (name)
        {
            case "ldc.i8":
                Push(typeof(long), IrConstant.Of(_current.Integer));
                break;
            case "ldc.r4":
                Push(typeof(float), IrConstant.Of((float)_current.Real));
                break;
            case "ldc.r8":
                Push(typeof(double), IrConstant.Of(_current.Real));
                break;
            case "ldc.i4" or "ldc.i4.s":
                Push(typeof(int), IrConstant.Of((int)_current.Integer));
                break;
            default:
                Push(typeof(int), IrConstant.Of(name.EndsWith("m1", StringComparison.OrdinalIgnoreCase) ? -1 : name[^1] - '0'));
                break;
        }
    }

    private void Field(string head)
    {
        FieldInfo field = _code.Resolve<FieldInfo>(_current);
        if (field.IsStatic)
        {
            _stack.Push(StaticConstant(field));
            return;
        }

        _builder.Function.Inputs.Add(field.DeclaringType);
        StackValue? stored = head == "stfld" ? _stack.Pop() : null;
        StackValue owner = _stack.Pop();
        IReadOnlyList<IrType> leaves = TypeLayout.Leaves(field.FieldType);
        int first = TypeLayout.LeafOffset(field);
        if (!owner.Type.IsByRef)
        {
            IEnumerable<IrValue> values = owner.Leaves.Skip(first).Take(leaves.Count);
            _stack.Push(new StackValue(field.FieldType, [.. values]));
            return;
        }

        if (!field.DeclaringType!.IsValueType)
        {
            throw Refusal.Reference(Where(), $"the field {field.Name} of the class {TypeName.Of(field.DeclaringType)}");
        }

        int all = TypeLayout.Leaves(field.DeclaringType).Count;
        IrType pointee = leaves is [IrType one] ? one : IrType.Void;
        IrValue address = all == 1 || leaves.Count == 0
            ? owner.Scalar
            : _builder.LeafAddress(owner.Scalar, field.DeclaringType, first, pointee);
        if (head == "ldflda")
        {
            Push(field.FieldType.MakeByRefType(), address);
        }
        else if (stored is not null)
        {
            Store(field.FieldType, leaves, address, stored);
        }
        else
        {
            _stack.Push(Load(field.FieldType, leaves, address));
        }
    }

    private StackValue StaticConstant(FieldInfo field)
    {
        if (typeof(Delegate).IsAssignableFrom(field.FieldType))
        {
            // Where C# keeps the delegate that it made of a method or a lambda.
            throw Unsupported("ldftn", "ldsfld");
        }

        object? value = field.IsInitOnly || field.IsLiteral ? field.GetValue(null) : null;
        _builder.Function.Inputs.Add(field, value);
        IrConstant? constant = IrConstant.FromObject(value);
        return constant is null
            ? throw ChangingStatic(field)
            : new StackValue(field.FieldType, constant);
    }

    private KernelNotSupportedException ChangingStatic(FieldInfo field) =>
        Refusal.Static(Where(), $"{TypeName.Of(field.DeclaringType!)}.{field.Name}");

    private void Memory(string head, string name)
    {
        switch (head)
        {
            case "ldobj":
                Type loaded = ResolveType();
                _stack.Push(Load(loaded, TypeLayout.Leaves(loaded), PopScalar()));
                break;
            case "stobj":
                StackValue value = _stack.Pop();
                Store(ResolveType(), TypeLayout.Leaves(ResolveType()), PopScalar(), value);
                break;
            case "initobj":
                Clear(ResolveType(), TypeLayout.Leaves(ResolveType()), PopScalar());
                break;
            case "cpobj":
                IrValue source = PopScalar();
                IReadOnlyList<IrType> leaves = TypeLayout.Leaves(ResolveType());
                Store(ResolveType(), leaves, PopScalar(), Load(ResolveType(), leaves, source));
                break;
            case "ldind":
                IrValue address = PopScalar();
                Push(typeof(int), _builder.Load(address, Indirect(address, name)));
                break;
            default:
                IrValue stored = PopScalar();
                IrValue place = PopScalar();
                _builder.Store(place, stored, Indirect(place, name));
                break;
        }
    }

    // The address knows better than the opcode, which loads a bool as a byte.
    private IrType Indirect(IrValue address, string name)
    {
        if (name.EndsWith("ref", StringComparison.Ordinal))
        {
            throw Refusal.Reference(Where(), "a reference to an object");
        }

        return address.Type.Element is not (ScalarKind.Void or ScalarKind.Pointer) ? new IrType(address.Type.Element) : name.Split('.')[^1] switch
        {
            "r4" => IrType.F32,
            "r8" => IrType.F64,
            "i8" or "i" => IrType.I64,
            _ => IrType.I32,
        };
    }

    private void Return()
    {
        if (_result.Leaves.Count > 0)
        {
            Write(_result, _stack.Pop());
        }

        _builder.Jump(_exit);
    }

    private void Jump(string head, string name)
    {
        int target = (int)_current.Integer;
        switch (head)
        {
            case "br":
                Reach(target);
                break;
            case "switch":
                Switch();
                break;
            case "brtrue" or "brfalse":
                IrValue condition = _builder.Coerce(PopScalar(), IrType.Bool);
                Branch(head == "brtrue" ? condition : _builder.Not(condition), target, _current.Next);
                break;
            default:
                bool isUnordered = name.Contains(".un", StringComparison.Ordinal);
                (IrValue left, IrValue right) = PopPair(isUnordered);
                Branch(Compare(head[1..], isUnordered, left, right), target, _current.Next);
                break;
        }
    }

    private void Switch()
    {
        IrValue value = PopScalar();
        for (int i = 0; i < _current.Targets.Count; i++)
        {
            IrValue isCase = _builder.Emit(IrOpcode.Equal, IrType.Bool, value, IrConstant.Of(i));
            if (isCase is IrConstant { Bits: 0 })
            {
                continue;
            }

            PassStack(_current.Targets[i]);
            if (isCase is IrConstant)
            {
                _builder.Jump(_blocks[_current.Targets[i]]);
                return;
            }

            IrBlock next = _builder.Function.AddBlock();
            _builder.Branch(isCase, _blocks[_current.Targets[i]], next);
            _builder.Current = next;
        }

        Reach(_current.Next);
    }
}
