using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>An address up to a constant number of bytes.</summary>
/// <param name="Pointer">What it counts from.</param>
/// <param name="Index">The computed part; null without one.</param>
/// <param name="Scale">Bytes that an index counts.</param>
internal readonly record struct AddressPlace(IrValue Pointer, IrValue? Index, int Scale)
{
    /// <summary>Takes an address apart as far as one computed index.</summary>
    internal static (AddressPlace Place, long Offset) Of(IrValue address)
    {
        long offset = 0;
        while (address is IrInstruction step && AddressParts.IsAddress(step))
        {
            AddressParts parts = AddressParts.Of(step);
            offset += parts.Offset;
            if (parts.Index is not null)
            {
                return (new AddressPlace(parts.Pointer, parts.Index, parts.Scale), offset);
            }

            address = parts.Pointer;
        }

        return (new AddressPlace(address, null, 1), offset);
    }
}
