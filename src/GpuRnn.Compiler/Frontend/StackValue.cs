using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Frontend;

/// <summary>What the evaluation stack holds: a C# value taken apart into its scalars.</summary>
/// <param name="Type">The C# type; a by-ref type for an address.</param>
/// <param name="Leaves">Its scalars in the order of <see cref="TypeLayout"/>; one for a number or an address.</param>
internal sealed record StackValue(Type Type, IReadOnlyList<IrValue> Leaves)
{
    internal StackValue(Type type, IrValue leaf)
        : this(type, [leaf])
    {
    }

    internal static StackValue None { get; } = new(typeof(void), []);

    internal IrValue Scalar => Leaves[0];
}
