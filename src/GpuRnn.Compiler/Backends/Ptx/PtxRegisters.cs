using System.Globalization;
using System.Text;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Gives every value a virtual register of its own; the assembler allocates the real ones.</summary>
/// <remarks>Pointers to global memory have 64 bits; those to shared and private memory are offsets of 32.</remarks>
internal sealed class PtxRegisters
{
    private static readonly (string Prefix, string Type)[] s_classes =
        [("%p", ".pred"), ("%r", ".b32"), ("%rd", ".b64"), ("%f", ".f32"), ("%fd", ".f64")];

    private readonly Dictionary<IrValue, string> _registers = [];
    private readonly Dictionary<IrValue, IReadOnlyList<string>> _parts = [];
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>The operand that reads the value: its register, or the constant itself.</summary>
    internal string Of(IrValue value)
    {
        if (value is IrConstant constant)
        {
            return Constant(constant);
        }

        if (!_registers.TryGetValue(value, out string? register))
        {
            _registers[value] = register = New(Prefix(value.Type));
        }

        return register;
    }

    /// <summary>The registers of a vector, one a number.</summary>
    internal IReadOnlyList<string> PartsOf(IrValue vector)
    {
        if (!_parts.TryGetValue(vector, out IReadOnlyList<string>? parts))
        {
            _parts[vector] = parts = [.. Enumerable.Range(0, vector.Type.Lanes).Select(_ => New(Prefix(vector.Type.Scalar)))];
        }

        return parts;
    }

    /// <summary>Several operands that one instruction takes or gives together.</summary>
    internal static string List(IEnumerable<string> operands) => $"{{{string.Join(", ", operands)}}}";

    /// <summary>Makes a register that holds the value already its own.</summary>
    internal void Bind(IrValue value, string register) => _registers[value] = register;

    /// <summary>A register that no value has.</summary>
    /// <param name="prefix"><c>%p</c>, <c>%r</c>, <c>%rd</c>, <c>%f</c> or <c>%fd</c>.</param>
    internal string New(string prefix)
    {
        int number = _counts.GetValueOrDefault(prefix) + 1;
        _counts[prefix] = number;
        return $"{prefix}{number.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>A new register of the same class as another.</summary>
    internal string Like(string register) => New(register.TrimEnd("0123456789".ToCharArray()));

    internal static string Prefix(IrType type) => type.Kind switch
    {
        ScalarKind.Bool => "%p",
        ScalarKind.I64 => "%rd",
        ScalarKind.F32 => "%f",
        ScalarKind.F64 => "%fd",
        ScalarKind.Pointer => type.Space == AddressSpace.Global ? "%rd" : "%r",
        _ => "%r",
    };

    /// <summary>The suffix of an untyped operation on the register, for example <c>b32</c>; floats keep their type.</summary>
    internal static string Suffix(string register)
    {
        string prefix = register.TrimEnd("0123456789".ToCharArray());
        return Array.Find(s_classes, one => one.Prefix == prefix).Type[1..];
    }

    /// <summary>The declarations of all registers handed out.</summary>
    internal string Declarations()
    {
        StringBuilder text = new();
        foreach ((string prefix, string type) in s_classes)
        {
            if (_counts.TryGetValue(prefix, out int count))
            {
                text.Append(CultureInfo.InvariantCulture, $"    .reg {type,-5} {prefix}<{count + 1}>;\n");
            }
        }

        return text.ToString();
    }

    private static string Constant(IrConstant constant) => constant.Type.Kind switch
    {
        ScalarKind.F32 => $"0f{(uint)constant.Bits:X8}",
        ScalarKind.F64 => $"0d{(ulong)constant.Bits:X16}",
        ScalarKind.I64 when constant.Bits == long.MinValue => "0x8000000000000000",
        _ => constant.Bits.ToString(CultureInfo.InvariantCulture),
    };
}
