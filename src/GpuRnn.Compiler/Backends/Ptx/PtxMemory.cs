using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Translates what touches memory.</summary>
/// <remarks>A read of what nobody writes during the launch goes through the cache that does not see writes. A bool has one byte there, 0 or 1; narrow integers widen into a register of 32 bits.</remarks>
internal sealed class PtxMemory(IrFunction function, PtxRegisters registers, PtxText text, PtxAddresses addresses)
{
    internal void Load(IrInstruction one)
    {
        IrValue pointer = one.Operands[0];
        string operation = $"ld.{Space(pointer)}{(IrAddress.Root(pointer) is IrParameter { IsReadOnly: true } ? ".nc" : "")}.{Element(pointer.Type.Element)}";
        if (text.GuardsAccessesAlone)
        {
            // Otherwise the register would keep its old number where nothing is read.
            foreach (string register in one.Type.IsVector ? registers.PartsOf(one) : one.Type == IrType.Bool ? [] : [registers.Of(one)])
            {
                text.Instruction($"mov.{PtxRegisters.Suffix(register)}", register, registers.Of(IrConstant.Zero(one.Type.Scalar)));
            }
        }

        if (one.Type.IsVector)
        {
            string wide = operation.Insert(operation.LastIndexOf('.'), Width(one.Type.Lanes));
            text.Instruction(wide, PtxRegisters.List(registers.PartsOf(one)), addresses.Operand(pointer));
            return;
        }

        if (one.Type != IrType.Bool)
        {
            text.Instruction(operation, registers.Of(one), addresses.Operand(pointer));
            return;
        }

        string number = registers.New("%r");
        if (text.GuardsAccessesAlone)
        {
            text.Instruction("mov.b32", number, "0");
        }

        text.Instruction(operation, number, addresses.Operand(pointer));
        text.Instruction("setp.ne.s32", registers.Of(one), number, "0");
    }

    internal void Store(IrInstruction one)
    {
        IrValue pointer = one.Operands[0];
        IrValue value = one.Operands[1];
        if (one.Operands.Length > 2)
        {
            string[] values = [.. one.Operands.Skip(1).Select(registers.Of)];
            text.Instruction($"st.{Space(pointer)}{Width(values.Length)}.{Element(pointer.Type.Element)}", addresses.Operand(pointer), PtxRegisters.List(values));
            return;
        }

        string stored = registers.Of(value);
        if (value.Type == IrType.Bool && value is not IrConstant)
        {
            stored = registers.New("%r");
            text.Instruction("selp.b32", stored, "1", "0", registers.Of(value));
        }

        text.Instruction($"st.{Space(pointer)}.{Element(pointer.Type.Element)}", addresses.Operand(pointer), stored);
    }

    /// <summary>An atomic update; one whose old value nobody reads does not wait for it.</summary>
    internal void Atomic(IrInstruction one, bool isRead)
    {
        IrValue pointer = one.Operands[0];
        AtomicOperation operation = (AtomicOperation)one.Immediate;
        string width = one.Type.Kind is ScalarKind.I64 or ScalarKind.F64 ? "64" : "32";
        string name = operation switch
        {
            AtomicOperation.Add => $"add.{(one.Type.IsFloat ? "f" : "u")}{width}",
            AtomicOperation.Max => $"max.s{width}",
            AtomicOperation.Min => $"min.s{width}",
            AtomicOperation.MaxUnsigned => $"max.u{width}",
            AtomicOperation.MinUnsigned => $"min.u{width}",
            AtomicOperation.And => $"and.b{width}",
            AtomicOperation.Or => $"or.b{width}",
            AtomicOperation.Xor => $"xor.b{width}",
            AtomicOperation.Exchange => $"exch.b{width}",
            AtomicOperation.CompareExchange => $"cas.b{width}",
            _ => throw new InternalCompilerException(function.Name, $"{operation} has no PTX instruction", IrPrinter.Print(function)),
        };
        string place = addresses.Operand(pointer);
        string[] values = [.. one.Operands.Skip(1).Select(registers.Of)];
        if (isRead || operation is AtomicOperation.Exchange or AtomicOperation.CompareExchange)
        {
            text.Instruction($"atom.{Space(pointer)}.{name}", [registers.Of(one), place, .. values]);
        }
        else
        {
            text.Instruction($"red.{Space(pointer)}.{name}", [place, .. values]);
        }
    }

    /// <summary>An acquire or a release for the whole device; architectures before sm_70 have neither.</summary>
    internal void Ordered(IrInstruction one)
    {
        string place = addresses.Operand(one.Operands[0]);
        if (one.Opcode == IrOpcode.LoadAcquire)
        {
            text.Instruction("ld.acquire.gpu.global.u32", registers.Of(one), place);
            return;
        }

        string operation = one.Opcode == IrOpcode.StoreRelease ? "st.release.gpu.global.u32" : "red.release.gpu.global.add.u32";
        text.Instruction(operation, place, registers.Of(one.Operands[1]));
    }

    /// <summary>Fetches a kernel's parameter.</summary>
    internal void Parameter(IrParameter parameter, string name)
    {
        if (parameter.Type == IrType.Bool)
        {
            string number = registers.New("%r");
            text.Instruction("ld.param.u8", number, $"[{name}]");
            text.Instruction("setp.ne.s32", registers.Of(parameter), number, "0");
            return;
        }

        text.Instruction($"ld.param.{ParameterType(parameter.Type)}", registers.Of(parameter), $"[{name}]");
    }

    /// <summary>The type of a kernel's parameter.</summary>
    internal static string ParameterType(IrType type) => type.IsPointer ? "u64" : Element(type.Kind);

    /// <summary>Puts an array's address into a register.</summary>
    internal void Array(IrInstruction one, string name) => text.Instruction("mov.u32", registers.Of(one), name);

    private static string Width(int count) => count == 4 ? ".v4" : ".v2";

    private string Space(IrValue pointer) => pointer.Type.Space switch
    {
        AddressSpace.Global => "global",
        AddressSpace.Shared => "shared",
        AddressSpace.Private => "local",
        _ => throw new InternalCompilerException(function.Name, $"{pointer} points to an unknown space in the PTX backend", IrPrinter.Print(function)),
    };

    private static string Element(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool or ScalarKind.U8 => "u8",
        ScalarKind.I8 => "s8",
        ScalarKind.U16 => "u16",
        ScalarKind.I16 => "s16",
        ScalarKind.I32 => "u32",
        ScalarKind.I64 => "u64",
        ScalarKind.F32 => "f32",
        _ => "f64",
    };
}
