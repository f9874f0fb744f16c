using System.Globalization;
using System.Numerics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Computes addresses; a scaled index or a sum that a dominating block has computed is not computed again.</summary>
internal sealed class PtxAddresses(PtxRegisters registers, PtxText text)
{
    private readonly Dictionary<IrValue, (string Register, long Offset)> _parts = [];
    private readonly Dictionary<IrBlock, Dictionary<string, string>> _scopes = [];
    private Dictionary<string, string> _scope = [];

    /// <summary>Goes on in a block, with what its immediate dominator knows.</summary>
    internal void Enter(IrBlock block, IrBlock? dominator) =>
        _scopes[block] = _scope = dominator is null ? [] : new Dictionary<string, string>(_scopes[dominator]);

    /// <summary>Computes the address that an instruction stands for.</summary>
    /// <param name="address">One that <see cref="AddressParts.IsAddress"/> names.</param>
    /// <param name="isValue">True when it is used for more than reading and writing there.</param>
    internal void Define(IrInstruction address, bool isValue)
    {
        AddressParts parts = AddressParts.Of(address);
        (string register, long offset) = PartsOf(parts.Pointer);
        offset += parts.Offset;
        bool isWide = address.Type.Space == AddressSpace.Global;
        if (parts.Index is not null)
        {
            string index = registers.Of(parts.Index);
            register = isWide ? Wide(register, index, parts.Index.Type, parts.Scale) : Narrow(register, index, parts.Index.Type, parts.Scale);
        }

        if (isValue)
        {
            string whole = registers.Of(address);
            text.Instruction(isWide ? "add.s64" : "add.s32", whole, register, offset.ToString(CultureInfo.InvariantCulture));
            (register, offset) = (whole, 0);
        }

        _parts[address] = (register, offset);
    }

    /// <summary>The address as the operand of an access.</summary>
    internal string Operand(IrValue pointer)
    {
        (string register, long offset) = PartsOf(pointer);
        return offset == 0 ? $"[{register}]" : string.Create(CultureInfo.InvariantCulture, $"[{register}+{offset}]");
    }

    private (string Register, long Offset) PartsOf(IrValue pointer) =>
        _parts.TryGetValue(pointer, out (string Register, long Offset) parts) ? parts : (registers.Of(pointer), 0);

    private string Wide(string pointer, string index, IrType type, int scale)
    {
        string factor = scale.ToString(CultureInfo.InvariantCulture);
        string bytes = (type == IrType.I32, scale) switch
        {
            (true, 1) => Reuse("cvt.s64.s32", "%rd", index),
            (true, _) => Reuse("mul.wide.s32", "%rd", index, factor),
            (false, 1) => index,
            _ when BitOperations.IsPow2(scale) => Reuse("shl.b64", "%rd", index, BitOperations.Log2((uint)scale).ToString(CultureInfo.InvariantCulture)),
            _ => Reuse("mul.lo.s64", "%rd", index, factor),
        };
        return Reuse("add.s64", "%rd", pointer, bytes);
    }

    private string Narrow(string pointer, string index, IrType type, int scale)
    {
        string low = type == IrType.I32 ? index : Reuse("cvt.u32.u64", "%r", index);
        return scale == 1
            ? Reuse("add.s32", "%r", pointer, low)
            : Reuse("mad.lo.s32", "%r", low, scale.ToString(CultureInfo.InvariantCulture), pointer);
    }

    private string Reuse(string operation, string prefix, params string[] operands)
    {
        string key = $"{operation} {string.Join(' ', operands)}";
        if (!_scope.TryGetValue(key, out string? register))
        {
            _scope[key] = register = registers.New(prefix);
            text.Instruction(operation, [register, .. operands]);
        }

        return register;
    }
}
