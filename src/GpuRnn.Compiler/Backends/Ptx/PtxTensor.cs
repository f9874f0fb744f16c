using System.Globalization;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Translates what newer architectures have for products of matrices, and refuses it for older ones.</summary>
internal sealed class PtxTensor(IrFunction function, PtxTarget target, PtxRegisters registers, PtxText text, PtxAddresses addresses)
{
    private const int Factors = 6;

    // Of 16 bytes, so that the copy may pass by the first cache; smaller ones cannot.
    private const int BypassBytes = 16;

    /// <summary>The oldest architecture that has the instruction.</summary>
    internal static PtxTarget MinimumOf(IrInstruction one) => one.IsAsync || one.Opcode is IrOpcode.WarpMatrix or IrOpcode.ToTf32 or IrOpcode.ToBFloat16Pair
        ? PtxTarget.Tensor
        : PtxTarget.Oldest;

    /// <summary>False for an instruction that this class does not translate.</summary>
    internal bool Write(IrInstruction one)
    {
        if (!one.IsAsync && one.Opcode is not (IrOpcode.WarpMatrix or IrOpcode.ToTf32 or IrOpcode.ToBFloat16Pair))
        {
            return false;
        }

        PtxTarget needed = MinimumOf(one);
        if (target.IsOlderThan(needed))
        {
            throw Refusal.Architecture(Where(one), $"uses {NameOf(one.Opcode)}", needed.Name, target.Name);
        }

        switch (one.Opcode)
        {
            case IrOpcode.WarpMatrix:
                Product(one);
                break;
            case IrOpcode.ToTf32:
                text.Instruction("cvt.rna.tf32.f32", registers.Of(one), Single(one.Operands[0]));
                break;
            case IrOpcode.ToBFloat16Pair:
                text.Instruction("cvt.rn.bf16x2.f32", registers.Of(one), Single(one.Operands[1]), Single(one.Operands[0]));
                break;
            case IrOpcode.AsyncCopy:
                Copy(one);
                break;
            case IrOpcode.AsyncCommit:
                text.Instruction("cp.async.commit_group");
                break;
            default:
                text.Instruction("cp.async.wait_group", Number(Constant(one, one.Operands[0], "waits for a number of sets that is computed")));
                break;
        }

        return true;
    }

    private static string NameOf(IrOpcode opcode) => opcode switch
    {
        IrOpcode.AsyncCopy or IrOpcode.AsyncCommit or IrOpcode.AsyncWait => "AsyncCopy",
        _ => "WarpMatrix",
    };

    private string Where(IrInstruction one) => one.Source is null ? function.Name : $"{function.Name} at {one.Source}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private void Product(IrInstruction one)
    {
        string shape = (MatrixFactor)one.Immediate == MatrixFactor.Tf32 ? "m16n8k8.row.col.f32.tf32.tf32.f32" : "m16n8k16.row.col.f32.bf16.bf16.f32";
        string[] factors = [.. one.Operands.Take(Factors).Select(Bits)];
        string[] sums = [.. one.Operands.Skip(Factors).Select(Single)];
        text.Instruction($"mma.sync.aligned.{shape}", PtxRegisters.List(registers.PartsOf(one)), PtxRegisters.List(factors[..4]), PtxRegisters.List(factors[4..]), PtxRegisters.List(sums));
    }

    // These instructions take registers alone.
    private string Bits(IrValue value) => value is IrConstant ? Moved(value, "%r", "mov.b32") : registers.Of(value);

    private string Single(IrValue value) => value is IrConstant ? Moved(value, "%f", "mov.f32") : registers.Of(value);

    private string Moved(IrValue constant, string prefix, string operation)
    {
        string register = registers.New(prefix);
        text.Instruction(operation, register, registers.Of(constant));
        return register;
    }

    private void Copy(IrInstruction one)
    {
        (IrValue to, IrValue from, IrValue valid) = (one.Operands[0], one.Operands[1], one.Operands[3]);
        if (to.Type.Space != AddressSpace.Shared || from.Type.Space != AddressSpace.Global)
        {
            throw Refusal.Copy(Where(one), "goes from device memory to shared memory, but one of the views is of other memory");
        }

        long bytes = Constant(one, one.Operands[2], "moves a number of bytes that is computed");
        if (bytes is not (4 or 8 or 16))
        {
            throw Refusal.Copy(Where(one), $"moves {Number(bytes)} bytes, but it can move 4, 8 or 16");
        }

        string operation = $"cp.async.{(bytes == BypassBytes ? "cg" : "ca")}.shared.global";
        string[] operands = [addresses.Operand(to), addresses.Operand(from), Number(bytes)];
        text.Instruction(operation, valid is IrConstant all && all.Bits == bytes ? operands : [.. operands, registers.Of(valid)]);
    }

    private long Constant(IrInstruction one, IrValue value, string complaint) =>
        value is IrConstant constant ? constant.Bits : throw Refusal.Copy(Where(one), complaint);
}
