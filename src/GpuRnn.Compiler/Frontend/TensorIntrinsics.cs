using System.Reflection;
using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend;

/// <summary>The members of <see cref="WarpMatrix"/> and <see cref="AsyncCopy"/> on a device that has them.</summary>
internal static class TensorIntrinsics
{
    private const int Sums = 4;

    /// <summary>Emits a product's or a rounding's instructions; null for what its own body says.</summary>
    internal static StackValue? Matrix(FunctionBuilder builder, string name, Type type, IReadOnlyList<StackValue> arguments)
    {
        IrValue[] operands = [.. arguments.SelectMany(argument => argument.Leaves)];
        switch (name)
        {
            case nameof(WarpMatrix.ToTf32):
                return new StackValue(type, builder.Emit(IrOpcode.ToTf32, IrType.I32, operands));
            case nameof(WarpMatrix.ToBFloat16Pair):
                return new StackValue(type, builder.Emit(IrOpcode.ToBFloat16Pair, IrType.I32, operands));
            case nameof(WarpMatrix.MultiplyAddTf32) or nameof(WarpMatrix.MultiplyAddBFloat16):
                MatrixFactor factor = name == nameof(WarpMatrix.MultiplyAddTf32) ? MatrixFactor.Tf32 : MatrixFactor.BFloat16;
                IrValue product = builder.Emit(IrOpcode.WarpMatrix, IrType.Vector(ScalarKind.F32, Sums), (int)factor, operands);
                return new StackValue(
                    type, [.. Enumerable.Range(0, Sums).Select(i => builder.Emit(IrOpcode.Element, IrType.F32, product, IrConstant.Of(i)))]);
            default:
                return null;
        }
    }

    /// <summary>Emits a copy's instructions; null for what its own body says.</summary>
    internal static StackValue? Copy(FunctionBuilder builder, MethodBase method, IReadOnlyList<StackValue> arguments)
    {
        switch (method.Name)
        {
            case nameof(AsyncCopy.Commit):
                builder.Emit(IrOpcode.AsyncCommit, IrType.Void);
                return StackValue.None;
            case nameof(AsyncCopy.Wait):
                builder.Emit(IrOpcode.AsyncWait, IrType.Void, arguments[0].Scalar);
                return StackValue.None;
            case nameof(AsyncCopy.ToSharedFirst):
                Type element = method.GetGenericArguments()[0];
                IrValue size = IrConstant.Of(TypeLayout.SizeInBytes(element));
                IrValue Bytes(IrValue count) => builder.Emit(IrOpcode.Multiply, IrType.I32, count, size);
                builder.Emit(
                    IrOpcode.AsyncCopy,
                    IrType.Void,
                    Intrinsics.Element(builder, arguments[0].Scalar, element, arguments[1].Scalar),
                    Intrinsics.Element(builder, arguments[2].Scalar, element, arguments[3].Scalar),
                    Bytes(arguments[4].Scalar),
                    Bytes(arguments[5].Scalar));
                return StackValue.None;
            default:
                return null;
        }
    }
}
