using System.Globalization;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend;

/// <summary>Turns a kernel's IL, with everything it calls, into one function.</summary>
internal static class KernelTranslator
{
    /// <param name="entry">The kernel.</param>
    /// <param name="words">What the device has; null for what all have.</param>
    /// <exception cref="KernelNotSupportedException">The body is not written in the kernel language.</exception>
    internal static IrFunction Translate(KernelEntry entry, DeviceWords? words = null)
    {
        int dimensions = entry.IndexType switch
        {
            IndexType.Index1D => 1,
            IndexType.Index2D => 2,
            IndexType.Index3D => 3,
            _ => 0,
        };
        IrFunction function = new(entry.Name, dimensions) { IsCooperative = entry.IsCooperative, LaunchBounds = entry.LaunchBounds };
        FunctionBuilder builder = new(function) { Words = words ?? DeviceWords.Portable };
        builder.Begin();

        List<StackValue> arguments = [];
        if (dimensions > 0)
        {
            IEnumerable<IrValue> axes = Enumerable.Range(0, dimensions)
                .Select(axis => builder.Emit(IrOpcode.WorkItem, IrType.I32, (int)WorkItemQuery.LaunchIndexX + axis));
            arguments.Add(new StackValue(entry.Method.GetParameters()[0].ParameterType, [.. axes]));
        }

        int implicitCount = arguments.Count;
        foreach (KernelParameter parameter in entry.Parameters)
        {
            StackValue argument = Argument(function, entry, parameter);
            arguments.Add(entry.Constants.TryGetValue(arguments.Count - implicitCount, out object? constant)
                ? BuiltIn(entry, parameter, constant, argument)
                : argument);
        }

        new BodyTranslator(builder, entry.Name, null, builder.CodeOf(entry.Method)!, arguments).Translate();
        builder.Current?.SetReturn();
        return function;
    }

    // The parameter stays in the signature, so that every variant of a kernel takes the same arguments.
    private static StackValue BuiltIn(KernelEntry entry, KernelParameter parameter, object constant, StackValue argument)
    {
        object value = KernelEntry.ValueOf(constant);
        object number = value is Enum ? Convert.ChangeType(value, Enum.GetUnderlyingType(value.GetType()), CultureInfo.InvariantCulture) : value;
        return IrConstant.FromObject(number) is IrConstant known && argument.Leaves.Count == 1
            ? new StackValue(parameter.Type, known)
            : throw Refusal.TypeOf(entry.Name, TypeName.Of(parameter.Type), "a specialised value is one number");
    }

    private static StackValue Argument(IrFunction function, KernelEntry entry, KernelParameter parameter)
    {
        IReadOnlyList<IrType> leaves = TypeLayout.Leaves(parameter.Type);
        string[] names = [.. TypeLayout.LeafNames(parameter.Type, parameter.Name)];
        IrValue[] values = new IrValue[leaves.Count];
        for (int i = 0; i < values.Length; i++)
        {
            IrType type = leaves[i].IsPointer ? leaves[i] with { Space = AddressSpace.Global } : IrType.Loaded(leaves[i]);
            bool isStruct = type.IsPointer && type.Element == ScalarKind.Void;
            Type element = isStruct ? parameter.Type.GetGenericArguments()[0] : typeof(void);
            if (isStruct && (TypeLayout.Leaves(element) is not { Count: > 0 } parts || parts.Any(part => part.IsPointer)))
            {
                throw Refusal.TypeOf(entry.Name, TypeName.Of(parameter.Type), "an element of a view is made of numbers");
            }

            IrParameter leaf = new(type, names[i]) { StructSizeInBytes = isStruct ? TypeLayout.SizeInBytes(element) : 0, IsReadOnly = parameter.IsReadOnly && type.IsPointer };
            function.Parameters.Add(leaf);
            values[i] = leaf;
        }

        return new StackValue(parameter.Type, values);
    }
}
