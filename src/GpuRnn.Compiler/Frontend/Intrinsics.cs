using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Compiler.Frontend.Bodies;
using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend;

/// <summary>The members whose meaning a device brings along, so that their managed bodies are not looked at.</summary>
internal static class Intrinsics
{
    /// <summary>The kernel model's warps have as many lanes on every device.</summary>
    private const int WarpLanes = 32;

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
        ["CompareExchange"] = AtomicOperation.CompareExchange,
    };

    /// <summary>Emits the member's instructions.</summary>
    /// <returns>The result, <see cref="StackValue.None"/> of a void member, null when the member is none of these.</returns>
    internal static StackValue? TryEmit(FunctionBuilder builder, MethodBase method, IReadOnlyList<StackValue> arguments, bool isCalledByLibrary)
    {
        Type owner = method.DeclaringType!;
        string name = method.Name;
        Type type = method is MethodInfo info ? info.ReturnType : typeof(void);
        return owner switch
        {
            _ when owner == typeof(Group) || owner == typeof(Grid) => Place(builder, owner, name, type),
            _ when owner == typeof(Warp) => InWarp(builder, name, type),
            _ when owner == typeof(WarpBodies) && name == nameof(WarpBodies.FromLane) => FromLane(builder, type, arguments),
            _ when owner == typeof(MemoryFence) => Fence(builder, name),
            _ when owner == typeof(GlobalMemory) => Ordered(builder, name, type, arguments),
            _ when owner == typeof(WarpMatrix) && builder.Words.HasMatrices => TensorIntrinsics.Matrix(builder, name, type, arguments),
            _ when owner == typeof(AsyncCopy) && builder.Words.HasAsyncCopies => TensorIntrinsics.Copy(builder, method, arguments),
            _ when owner == typeof(ArrayViewExtensions) && builder.Words.HasWideAccesses => Aligned(builder, type, arguments),
            _ when VectorIntrinsics.IsVector(owner) => VectorIntrinsics.TryEmit(builder, method, arguments),
            _ when TypeLayout.IsBaseView(owner) => View(builder, name, type, arguments, method.GetParameters()),
            _ when owner == typeof(SharedMemory) || owner == typeof(LocalMemory) => Allocate(builder, owner, method, type, arguments),
            _ when owner == typeof(Math) || owner == typeof(MathF) => Function(builder, name, type, arguments),
            _ when owner == typeof(Atomic) => AtomicUpdate(builder, name, type, arguments, method.GetParameters()),
            _ when owner == typeof(BitConverter) || owner == typeof(BitOperations) => Bits(builder, name, type, arguments),
            _ when owner == typeof(Unsafe) => Unchecked(builder, method, type, arguments),

            // Which instructions the host's processor has says nothing about the device.
            _ when name is "get_IsSupported" or "get_IsHardwareAccelerated" && owner.Namespace?.StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal) == true =>
                new StackValue(type, IrConstant.Of(false)),

            // The host checks what arrives at a launch; devices run without these checks, as the CPU does unless asked to validate.
            _ when owner == typeof(Validation) => new StackValue(type, IrConstant.Of(false)),
            _ when isCalledByLibrary && (owner.Name == "ViewChecks" || (owner == typeof(ArgumentOutOfRangeException) && type == typeof(void))) =>
                StackValue.None,
            _ => null,
        };
    }

    /// <summary>True for members of the model that do more than their body can show a compiler, and are not known here.</summary>
    internal static bool IsHostOnly(MethodBase method)
    {
        Type owner = method.DeclaringType!;
        return owner == typeof(Atomic) || owner == typeof(MemoryFence)
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

    private static StackValue? InWarp(FunctionBuilder builder, string name, Type type)
    {
        switch (name)
        {
            case "get_WarpSize":
                return new StackValue(type, IrConstant.Of(WarpLanes));
            case "get_LaneIdx":
                return new StackValue(type, builder.Emit(IrOpcode.WorkItem, IrType.I32, (int)WorkItemQuery.LaneIndex));
            case "get_WarpIdx":
                return new StackValue(type, builder.Emit(IrOpcode.WorkItem, IrType.I32, (int)WorkItemQuery.WarpIndex));
            case "Barrier":
                builder.Emit(IrOpcode.WarpBarrier, IrType.Void);
                return StackValue.None;
            default:
                return null;
        }
    }

    private static StackValue FromLane(FunctionBuilder builder, Type type, IReadOnlyList<StackValue> arguments)
    {
        IEnumerable<IrValue> leaves = arguments[0].Leaves.Select(leaf => builder.Emit(IrOpcode.WarpShuffle, leaf.Type, leaf, arguments[1].Scalar));
        return new StackValue(type, [.. leaves]);
    }

    private static StackValue Fence(FunctionBuilder builder, string name)
    {
        FenceScope scope = name switch
        {
            nameof(MemoryFence.GroupLevel) => FenceScope.Group,
            nameof(MemoryFence.DeviceLevel) => FenceScope.Device,
            _ => FenceScope.System,
        };
        builder.Emit(IrOpcode.Fence, IrType.Void, (int)scope);
        return StackValue.None;
    }

    private static StackValue Ordered(FunctionBuilder builder, string name, Type type, IReadOnlyList<StackValue> arguments)
    {
        IrOpcode opcode = name switch
        {
            nameof(GlobalMemory.LoadAcquire) => IrOpcode.LoadAcquire,
            nameof(GlobalMemory.StoreRelease) => IrOpcode.StoreRelease,
            _ => IrOpcode.AddRelease,
        };
        IrValue[] operands = [.. arguments.Select(argument => argument.Scalar)];
        IrValue result = builder.Emit(opcode, opcode == IrOpcode.LoadAcquire ? IrType.I32 : IrType.Void, operands);
        return opcode == IrOpcode.LoadAcquire ? new StackValue(type, result) : StackValue.None;
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

    // A view by value is its pointer and its length.
    private static StackValue? Aligned(FunctionBuilder builder, Type type, IReadOnlyList<StackValue> arguments) =>
        arguments[1].Scalar is IrConstant { Bits: > 0 and <= int.MaxValue } alignment
            ? new StackValue(
                type,
                [builder.Emit(IrOpcode.AlignedAddress, arguments[0].Scalar.Type, (int)alignment.Bits, arguments[0].Scalar), arguments[0].Leaves[1]])
            : null;

    // A view's instance members take its address.
    private static IrValue Element(FunctionBuilder builder, StackValue view, IrValue index)
    {
        Type viewType = view.Type.GetElementType()!;
        IReadOnlyList<IrType> leaves = TypeLayout.Leaves(viewType);
        IrValue pointer = builder.Load(builder.LeafAddress(view.Scalar, viewType, leaves, 0), leaves[0]);
        return Element(builder, pointer, viewType.GetGenericArguments()[0], index);
    }

    /// <summary>The address of an element behind the address of the first.</summary>
    internal static IrValue Element(FunctionBuilder builder, IrValue pointer, Type element, IrValue index)
    {
        if (pointer.Type.Element != ScalarKind.Void)
        {
            return builder.Emit(IrOpcode.ElementAddress, pointer.Type, pointer, index);
        }

        IrConstant size = IrConstant.Of((long)TypeLayout.SizeInBytes(element));
        IrValue offset = builder.Emit(IrOpcode.Multiply, IrType.I64, builder.Coerce(index, IrType.I64), size);
        return builder.Emit(IrOpcode.ByteAddress, pointer.Type, pointer, offset);
    }

    private static StackValue? Allocate(FunctionBuilder builder, Type owner, MethodBase method, Type type, IReadOnlyList<StackValue> arguments)
    {
        if (!TypeLayout.IsBaseView(type))
        {
            return null;
        }

        bool isShared = owner == typeof(SharedMemory);
        IrType pointer = TypeLayout.Leaves(type)[0] with { Space = isShared ? AddressSpace.Shared : AddressSpace.Private };
        int size = TypeLayout.SizeInBytes(type.GetGenericArguments()[0]);
        if (method.Name == nameof(SharedMemory.GetDynamic))
        {
            IrValue bytes = builder.Emit(IrOpcode.WorkItem, IrType.I32, (int)WorkItemQuery.DynamicSharedBytes);
            IrValue elements = builder.Emit(IrOpcode.Divide, IrType.I32, bytes, IrConstant.Of(size));
            return new StackValue(type, [builder.Emit(IrOpcode.DynamicSharedArray, pointer), builder.Coerce(elements, IrType.I64)]);
        }

        if (method.Name != nameof(SharedMemory.Allocate) || arguments.Count != 1)
        {
            return null;
        }

        IrValue count = arguments[0].Scalar;
        IrValue length = pointer.Element == ScalarKind.Void ? builder.Emit(IrOpcode.Multiply, IrType.I32, count, IrConstant.Of(size)) : count;
        IrValue array = builder.Emit(isShared ? IrOpcode.SharedArray : IrOpcode.LocalArray, pointer, length);
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

    // Floats are only added; their other updates are loops of compare-exchange, see AtomicBodies.
    private static StackValue? AtomicUpdate(
        FunctionBuilder builder, string name, Type type, IReadOnlyList<StackValue> arguments, ParameterInfo[] parameters)
    {
        IrType number = arguments[0].Scalar.Type.Element is ScalarKind.F32 or ScalarKind.F64 or ScalarKind.I32 or ScalarKind.I64
            ? new IrType(arguments[0].Scalar.Type.Element)
            : IrType.Void;
        bool isUnsigned = type == typeof(uint) || type == typeof(ulong);
        AtomicOperation? operation = name switch
        {
            nameof(Atomic.Max) when isUnsigned => AtomicOperation.MaxUnsigned,
            nameof(Atomic.Min) when isUnsigned => AtomicOperation.MinUnsigned,
            _ => s_atomics.TryGetValue(name, out AtomicOperation known) ? known : null,
        };
        bool isNumber = type.IsPrimitive && (number.IsInteger || (number.IsFloat && operation == AtomicOperation.Add));
        return operation is null || !isNumber || parameters.Length != arguments.Count
            ? null
            : new StackValue(type, builder.Emit(IrOpcode.Atomic, number, (int)operation, [.. arguments.Select(argument => argument.Scalar)]));
    }

    private static StackValue? Bits(FunctionBuilder builder, string name, Type type, IReadOnlyList<StackValue> arguments)
    {
        IrType result = IrType.Loaded(TypeLayout.Leaves(type)[0]);
        IrOpcode? opcode = name switch
        {
            "SingleToInt32Bits" or "SingleToUInt32Bits" or "Int32BitsToSingle" or "UInt32BitsToSingle"
                or "DoubleToInt64Bits" or "DoubleToUInt64Bits" or "Int64BitsToDouble" or "UInt64BitsToDouble" => IrOpcode.Reinterpret,
            nameof(BitOperations.PopCount) => IrOpcode.PopCount,
            nameof(BitOperations.LeadingZeroCount) => IrOpcode.LeadingZeros,
            _ => null,
        };
        return opcode is null ? null : new StackValue(type, builder.Emit(opcode.Value, result, arguments[0].Scalar));
    }

    private static StackValue? Unchecked(FunctionBuilder builder, MethodBase method, Type type, IReadOnlyList<StackValue> arguments)
    {
        switch (method.Name)
        {
            case nameof(Unsafe.SizeOf):
                return new StackValue(type, IrConstant.Of((int)method.Invoke(null, null)!));
            case nameof(Unsafe.As) when type.IsByRef && TypeLayout.Pointee(type.GetElementType()!) != IrType.Void:
                return new StackValue(type, builder.PointTo(arguments[0].Scalar, TypeLayout.Leaves(type)[0]));
            case nameof(Unsafe.BitCast) when TypeLayout.Leaves(type) is [IrType wanted] && arguments[0].Leaves is [IrValue value]:
                IrType result = IrType.Loaded(wanted);
                return new StackValue(type, value.Type == result ? value : builder.Emit(IrOpcode.Reinterpret, result, value));
            default:
                return null;
        }
    }
}
