using System.Reflection;
using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend;

/// <summary>The members of <see cref="FloatVector{TCount}"/> and <see cref="IntVector{TCount}"/>, each one or two instructions.</summary>
internal static class VectorIntrinsics
{
    private static readonly Dictionary<string, IrOpcode> s_elementwise = new()
    {
        ["op_Addition"] = IrOpcode.Add,
        ["op_Subtraction"] = IrOpcode.Subtract,
        ["op_Multiply"] = IrOpcode.Multiply,
        ["op_Division"] = IrOpcode.Divide,
        ["op_UnaryNegation"] = IrOpcode.Negate,
        ["op_BitwiseAnd"] = IrOpcode.And,
        ["op_BitwiseOr"] = IrOpcode.Or,
        ["op_ExclusiveOr"] = IrOpcode.Xor,
        ["op_LeftShift"] = IrOpcode.ShiftLeft,
        ["op_RightShift"] = IrOpcode.ShiftRight,
        ["AsInt"] = IrOpcode.Reinterpret,
        ["FromBits"] = IrOpcode.Reinterpret,
        ["FromInt"] = IrOpcode.Convert,
        ["Broadcast"] = IrOpcode.Broadcast,
        ["Element"] = IrOpcode.Element,
        ["WithElement"] = IrOpcode.WithElement,
    };

    private static readonly Dictionary<string, MathFunction> s_functions = new()
    {
        ["MultiplyAdd"] = MathFunction.MultiplyAdd,
        ["Abs"] = MathFunction.Abs,
        ["Sqrt"] = MathFunction.Sqrt,
    };

    /// <summary>True for the model's vectors, closed over a count.</summary>
    internal static bool IsVector(Type type) => type.IsGenericType && !type.ContainsGenericParameters
        && (type.GetGenericTypeDefinition() == typeof(FloatVector<>) || type.GetGenericTypeDefinition() == typeof(IntVector<>));

    /// <summary>The one leaf of a vector.</summary>
    internal static IrType TypeOf(Type vector)
    {
        ScalarKind kind = vector.GetGenericTypeDefinition() == typeof(FloatVector<>) ? ScalarKind.F32 : ScalarKind.I32;
        PropertyInfo count = vector.GetGenericArguments()[0].GetProperty(nameof(ILaneCount.Count), BindingFlags.Public | BindingFlags.Static)!;
        return IrType.Vector(kind, (int)count.GetValue(null)!);
    }

    /// <summary>Emits a member's instructions; null for what its own body says in terms of the others.</summary>
    internal static StackValue? TryEmit(FunctionBuilder builder, MethodBase method, IReadOnlyList<StackValue> arguments)
    {
        Type type = ((MethodInfo)method).ReturnType;
        IrType result = type == typeof(void) ? IrType.Void : TypeLayout.Leaves(type)[0];
        if (s_elementwise.TryGetValue(method.Name, out IrOpcode opcode))
        {
            return new StackValue(type, builder.Emit(opcode, result, Scalars(arguments)));
        }

        if (s_functions.TryGetValue(method.Name, out MathFunction function))
        {
            return new StackValue(type, builder.Emit(IrOpcode.Math, result, (int)function, Scalars(arguments)));
        }

        switch (method.Name)
        {
            case "SelectGreater":
                IrValue isGreater = builder.Emit(IrOpcode.Less, TypeRules.Truth(result), arguments[1].Scalar, arguments[0].Scalar);
                return new StackValue(type, builder.Emit(IrOpcode.Select, result, isGreater, arguments[2].Scalar, arguments[3].Scalar));
            case "Load":
                return new StackValue(type, builder.Emit(IrOpcode.Load, result, Position(builder, arguments)));
            case "Store":
                builder.Emit(IrOpcode.Store, IrType.Void, Position(builder, arguments), arguments[2].Scalar);
                return StackValue.None;
            default:
                return null;
        }
    }

    private static IrValue[] Scalars(IReadOnlyList<StackValue> arguments) => [.. arguments.Select(argument => argument.Scalar)];

    // A view by value is its pointer and its length.
    private static IrValue Position(FunctionBuilder builder, IReadOnlyList<StackValue> arguments) =>
        builder.Emit(IrOpcode.ElementAddress, arguments[0].Scalar.Type, arguments[0].Scalar, arguments[1].Scalar);
}
