using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend;

/// <summary>The members whose meaning a device brings along, so that their managed bodies are not looked at.</summary>
internal static class Intrinsics
{
    private static readonly Dictionary<(Type Owner, string Name), WorkItemQuery> s_queries = new()
    {
        [(typeof(Group), "get_IdxX")] = WorkItemQuery.GroupIndexX,
        [(typeof(Group), "get_IdxY")] = WorkItemQuery.GroupIndexY,
        [(typeof(Group), "get_IdxZ")] = WorkItemQuery.GroupIndexZ,
        [(typeof(Group), "get_DimX")] = WorkItemQuery.GroupExtentX,
        [(typeof(Group), "get_DimY")] = WorkItemQuery.GroupExtentY,
        [(typeof(Group), "get_DimZ")] = WorkItemQuery.GroupExtentZ,
        [(typeof(Grid), "get_IdxX")] = WorkItemQuery.GridIndexX,
        [(typeof(Grid), "get_IdxY")] = WorkItemQuery.GridIndexY,
        [(typeof(Grid), "get_IdxZ")] = WorkItemQuery.GridIndexZ,
        [(typeof(Grid), "get_DimX")] = WorkItemQuery.GridExtentX,
        [(typeof(Grid), "get_DimY")] = WorkItemQuery.GridExtentY,
        [(typeof(Grid), "get_DimZ")] = WorkItemQuery.GridExtentZ,
    };

    private static readonly Dictionary<(Type Owner, string Name), WorkItemQuery> s_triples = new()
    {
        [(typeof(Group), "get_Index")] = WorkItemQuery.GroupIndexX,
        [(typeof(Group), "get_Dimension")] = WorkItemQuery.GroupExtentX,
        [(typeof(Grid), "get_Index")] = WorkItemQuery.GridIndexX,
        [(typeof(Grid), "get_Dimension")] = WorkItemQuery.GridExtentX,
    };

    private static readonly Dictionary<string, (MathFunction Function, int Operands)> s_functions = new()
    {
        ["FusedMultiplyAdd"] = (MathFunction.MultiplyAdd, 3),
        ["Abs"] = (MathFunction.Abs, 1),
        ["Sqrt"] = (MathFunction.Sqrt, 1),
        ["Floor"] = (MathFunction.Floor, 1),
        ["Ceiling"] = (MathFunction.Ceiling, 1),
        ["Truncate"] = (MathFunction.Truncate, 1),
        ["Round"] = (MathFunction.RoundToEven, 1),
        ["Exp"] = (MathFunction.Exp, 1),
        ["Log"] = (MathFunction.Log, 1),
        ["Log2"] = (MathFunction.Log2, 1),
        ["Log10"] = (MathFunction.Log10, 1),
        ["Pow"] = (MathFunction.Pow, 2),
        ["Sin"] = (MathFunction.Sin, 1),
        ["Cos"] = (MathFunction.Cos, 1),
        ["Tan"] = (MathFunction.Tan, 1),
        ["Asin"] = (MathFunction.Asin, 1),
        ["Acos"] = (MathFunction.Acos, 1),
        ["Atan"] = (MathFunction.Atan, 1),
        ["Atan2"] = (MathFunction.Atan2, 2),
        ["Sinh"] = (MathFunction.Sinh, 1),
        ["Cosh"] = (MathFunction.Cosh, 1),
        ["Tanh"] = (MathFunction.Tanh, 1),
    };

    private static readonly Dictionary<string, AtomicOperation> s_atomics = new()
    {
        ["Add"] = AtomicOperation.Add,
        ["Max"] = AtomicOperation.Max,
        ["Min"] = AtomicOperation.Min,
        ["And"] = AtomicOperation.And,
        ["Or"] = AtomicOperation.Or,
        ["Xor"] = AtomicOperation.Xor,
        ["Exchange"] = AtomicOperation.Exchange,
    };

    /// <summary>Emits the member's instructions.</summary>
    /// <returns>The result, <see cref="StackValue.None"/> of a void member, null when the member is none of these.</returns>
    internal static StackValue? TryEmit(FunctionBuilder builder, MethodBase method, IReadOnlyList<StackValue> arguments, bool isCalledByLibrary)
    {
        Type owner = method.DeclaringType!;
        string name = method.Name;
        Type type = method is MethodInfo info ? info.ReturnType : typeof(void);
        if (owner == typeof(Group) || owner == typeof(Grid))
        {
            return Place(builder, owner, name, type);
        }

        if (TypeLayout.IsBaseView(owner))
        {
            return View(builder, name, type, arguments, method.GetParameters());
        }

        if (owner == typeof(SharedMemory) || owner == typeof(LocalMemory))
        {
            return Allocate(builder, owner, method, type, arguments);
        }

        if (owner == typeof(Math) || owner == typeof(MathF))
        {
            return Function(builder, name, type, arguments);
        }

        if (owner == typeof(Atomic))
        {
            return AtomicUpdate(builder, name, type, arguments, method.GetParameters());
        }

        if (owner == typeof(BitConverter))
        {
            return name.Contains("Bits", StringComparison.Ordinal)
                ? new StackValue(type, builder.Emit(IrOpcode.Reinterpret, IrType.Loaded(TypeLayout.Leaves(type)[0].Kind), arguments[0].Scalar))
                : null;
        }

        if (owner == typeof(Unsafe) && name == nameof(Unsafe.SizeOf))
        {
            return new StackValue(type, IrConstant.Of((int)method.Invoke(null, null)!));
        }

        // The host checks what arrives at a launch; devices run without these checks, as the CPU does unless asked to validate.
        if (owner == typeof(Validation))
        {
            return new StackValue(type, IrConstant.Of(false));
        }

        bool isCheck = owner.Name == "ViewChecks" || (owner == typeof(ArgumentOutOfRangeException) && type == typeof(void));
        return isCalledByLibrary && isCheck ? StackValue.None : null;
    }

    /// <summary>True for members of the model that do more than their body can show a compiler, and are not known here.</summary>
    internal static bool IsHostOnly(MethodBase method)
    {
        Type owner = method.DeclaringType!;
        return owner == typeof(Warp) || owner == typeof(Atomic) || owner == typeof(MemoryFence)
            || owner.Namespace is "GpuRnn.KernelModel.Execution" or "System.Threading";
    }

    private static StackValue? Place(FunctionBuilder builder, Type owner, string name, Type type)
    {
        if (s_queries.TryGetValue((owner, name), out WorkItemQuery query))
        {
            return new StackValue(type, builder.Emit(IrOpcode.WorkItem, IrType.I32, (int)query));
        }

        if (s_triples.TryGetValue((owner, name), out WorkItemQuery first))
        {
            return new StackValue(type, [.. Enumerable.Range(0, 3).Select(axis => builder.Emit(IrOpcode.WorkItem, IrType.I32, (int)first + axis))]);
        }

        switch (owner.Name, name)
        {
            case ("Group", "Barrier"):
                builder.Emit(IrOpcode.Barrier, IrType.Void);
                return StackValue.None;
            case ("Group", "get_LinearIndex"):
                return new StackValue(type, Linear(builder));
            default:
                return null;
        }
    }

    private static IrValue Linear(FunctionBuilder builder)
    {
        IrValue Query(WorkItemQuery query) => builder.Emit(IrOpcode.WorkItem, IrType.I32, (int)query);
        IrValue Combine(IrValue outer, WorkItemQuery extent, WorkItemQuery inner)
        {
            IrValue scaled = builder.Emit(IrOpcode.Multiply, IrType.I32, outer, Query(extent));
            return builder.Emit(IrOpcode.Add, IrType.I32, scaled, Query(inner));
        }

        IrValue planes = Combine(Query(WorkItemQuery.GroupIndexZ), WorkItemQuery.GroupExtentY, WorkItemQuery.GroupIndexY);
        return Combine(planes, WorkItemQuery.GroupExtentX, WorkItemQuery.GroupIndexX);
    }

    private static StackValue? View(FunctionBuilder builder, string name, Type type, IReadOnlyList<StackValue> arguments, ParameterInfo[] parameters)
    {
        switch (name)
        {
            case "At":
                return new StackValue(type, Element(builder, arguments[0], arguments[1].Scalar));
            case "SubView" when parameters.Length == 2 && parameters[0].ParameterType == typeof(long):
                return new StackValue(type, [Element(builder, arguments[0], arguments[1].Scalar), arguments[2].Scalar]);
            default:
                return null;
        }
    }

    // A view's instance members take its address.
    private static IrValue Element(FunctionBuilder builder, StackValue view, IrValue index)
    {
        Type viewType = view.Type.GetElementType()!;
        IReadOnlyList<IrType> leaves = TypeLayout.Leaves(viewType);
        IrValue pointer = builder.Load(builder.LeafAddress(view.Scalar, leaves, 0), leaves[0]);
        return builder.Emit(IrOpcode.ElementAddress, pointer.Type, pointer, index);
    }

    private static StackValue? Allocate(FunctionBuilder builder, Type owner, MethodBase method, Type type, IReadOnlyList<StackValue> arguments)
    {
        if (method.Name != "Allocate" || arguments.Count != 1 || !TypeLayout.IsBaseView(type))
        {
            return null;
        }

        bool isShared = owner == typeof(SharedMemory);
        IrType pointer = TypeLayout.Leaves(type)[0] with { Space = isShared ? AddressSpace.Shared : AddressSpace.Private };
        IrValue count = arguments[0].Scalar;
        IrValue array = builder.Emit(isShared ? IrOpcode.SharedArray : IrOpcode.LocalArray, pointer, count);
        return new StackValue(type, [array, builder.Coerce(count, IrType.I64)]);
    }

    private static StackValue? Function(FunctionBuilder builder, string name, Type type, IReadOnlyList<StackValue> arguments)
    {
        bool isFloat = type == typeof(float) || type == typeof(double);
        if (!isFloat || !s_functions.TryGetValue(name, out (MathFunction Function, int Operands) known) || known.Operands != arguments.Count)
        {
            return null;
        }

        IrValue[] operands = [.. arguments.Select(argument => argument.Scalar)];
        return new StackValue(type, builder.Emit(IrOpcode.Math, operands[0].Type, (int)known.Function, operands));
    }

    // OpenCL 1.2 has 32-bit integer atomics in its core; the unsigned order of Max and Min has no opcode yet.
    private static StackValue? AtomicUpdate(
        FunctionBuilder builder, string name, Type type, IReadOnlyList<StackValue> arguments, ParameterInfo[] parameters)
    {
        bool isKnown = parameters.Length == 2 && s_atomics.ContainsKey(name)
            && (type == typeof(int) || (type == typeof(uint) && name is not ("Max" or "Min")));
        return isKnown
            ? new StackValue(
                type, builder.Emit(IrOpcode.Atomic, IrType.I32, (int)s_atomics[name], arguments[0].Scalar, arguments[1].Scalar))
            : null;
    }
}
