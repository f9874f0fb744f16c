using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Frontend;

// Calls: what the model defines becomes an instruction, everything else is inlined.
internal sealed partial class BodyTranslator
{
    // Their bodies allocate or throw somewhere deep inside, which would name the wrong reason.
    private static readonly Type[] s_unknownNumbers = [typeof(decimal), typeof(System.Numerics.BigInteger)];

    private void Call(string head)
    {
        Type? constraint = _constraint;
        _constraint = null;
        MethodBase method = _code.Resolve<MethodBase>(_current);
        _builder.Function.Inputs.Add(method);
        if (head == "newobj")
        {
            Create((ConstructorInfo)method);
            return;
        }

        if (constraint is not null)
        {
            method = _code.Implementation((MethodInfo)method, constraint)
                ?? throw Refusal.Virtual(Where(), KernelEntry.NameOf(method));
        }
        else if (method.IsVirtual && (head == "callvirt" || method.IsAbstract) && !method.DeclaringType!.IsValueType)
        {
            throw Refusal.Virtual(Where(), KernelEntry.NameOf(method));
        }

        StackValue result = Invoke(method, PopArguments(method, !method.IsStatic));
        if (method is MethodInfo called && called.ReturnType != typeof(void))
        {
            _stack.Push(result);
        }
    }

    private StackValue[] PopArguments(MethodBase method, bool takesInstance)
    {
        ParameterInfo[] parameters = method.GetParameters();
        int implicitCount = takesInstance ? 1 : 0;
        StackValue[] arguments = new StackValue[parameters.Length + implicitCount];
        for (int i = arguments.Length - 1; i >= 0; i--)
        {
            StackValue value = _stack.Pop();
            Type type = i < implicitCount ? value.Type : parameters[i - implicitCount].ParameterType;
            arguments[i] = i < implicitCount ? value : As(type, value);
        }

        return arguments;
    }

    private StackValue As(Type type, StackValue value)
    {
        IReadOnlyList<IrType> leaves = TypeLayout.Leaves(type);
        return leaves.Count != value.Leaves.Count
            ? new StackValue(type, value.Leaves)
            : new StackValue(
                type, [.. value.Leaves.Select((leaf, i) => _builder.Coerce(leaf, IrType.Loaded(leaves[i])))]);
    }

    private void Create(ConstructorInfo constructor)
    {
        Type type = constructor.DeclaringType!;
        if (!type.IsValueType)
        {
            throw typeof(Exception).IsAssignableFrom(type)
                ? Refusal.Throwing(Where(), $"throws {TypeName.Of(type)}")
                : Refusal.Allocation(Where(), $"an object of {TypeName.Of(type)}");
        }

        StackValue[] arguments = PopArguments(constructor, false);
        StackSlot slot = NewSlot(type);
        Clear(slot);
        Invoke(constructor, [new StackValue(type.MakeByRefType(), slot.Address), .. arguments]);
        _stack.Push(Read(slot));
    }

    private StackValue Invoke(MethodBase method, IReadOnlyList<StackValue> arguments)
    {
        StackValue? known = Intrinsics.TryEmit(_builder, method, arguments, _code.IsLibrary);
        if (known is not null)
        {
            return known;
        }

        if (Array.Exists(s_unknownNumbers, type => type == method.DeclaringType))
        {
            throw Refusal.TypeOf(
                Where(), TypeName.Of(method.DeclaringType!), "a kernel computes with bool, integers of up to 64 bits, Half, float and double");
        }

        MethodBase body = ReplacedBodies.Find(method) ?? method;
        MethodCode? code = _builder.CodeOf(body);
        if (code is null || (body == method && Intrinsics.IsHostOnly(method)))
        {
            throw Refusal.Call(Where(), KernelEntry.NameOf(method));
        }

        if (IsRunning(method))
        {
            throw Refusal.Recursion(Where(), KernelEntry.NameOf(method));
        }

        if (_depth == MaximumDepth)
        {
            // With its type arguments the name may be very long.
            throw Refusal.Depth(Where(), method.Name, MaximumDepth);
        }

        StackValue result = new BodyTranslator(_builder, _kernel, this, code, arguments).Translate();
        _builder.Source = SourceLine();
        return result;
    }
}
