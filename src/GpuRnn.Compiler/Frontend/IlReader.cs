using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace GpuRnn.Compiler.Frontend;

/// <summary>Decodes the bytes of a method body (ECMA-335, partition III).</summary>
internal static class IlReader
{
    private const byte TwoBytePrefix = 0xFE;

    private static readonly Dictionary<int, OpCode> s_opCodes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xFFFF);

    internal static IReadOnlyList<IlInstruction> Read(ReadOnlySpan<byte> body)
    {
        List<IlInstruction> instructions = [];
        int position = 0;
        while (position < body.Length)
        {
            IlInstruction instruction = ReadOne(body, position);
            instructions.Add(instruction);
            position = instruction.Next;
        }

        return instructions;
    }

    private static IlInstruction ReadOne(ReadOnlySpan<byte> body, int offset)
    {
        bool isLong = body[offset] == TwoBytePrefix;
        OpCode code = s_opCodes[isLong ? (TwoBytePrefix << 8) | body[offset + 1] : body[offset]];
        int position = offset + (isLong ? 2 : 1);
        ReadOnlySpan<byte> operand = body[position..];
        long integer = 0;
        double real = 0.0;
        int[] targets = [];
        int size = 0;
        switch (code.OperandType)
        {
            case OperandType.InlineNone:
                break;
            case OperandType.ShortInlineI:
                (integer, size) = (code == OpCodes.Ldc_I4_S ? (sbyte)operand[0] : operand[0], 1);
                break;
            case OperandType.ShortInlineVar:
                (integer, size) = (operand[0], 1);
                break;
            case OperandType.ShortInlineBrTarget:
                (integer, size) = (position + 1 + (sbyte)operand[0], 1);
                break;
            case OperandType.InlineVar:
                (integer, size) = (BinaryPrimitives.ReadUInt16LittleEndian(operand), 2);
                break;
            case OperandType.InlineBrTarget:
                (integer, size) = (position + 4 + BinaryPrimitives.ReadInt32LittleEndian(operand), 4);
                break;
            case OperandType.InlineI8:
                (integer, size) = (BinaryPrimitives.ReadInt64LittleEndian(operand), 8);
                break;
            case OperandType.ShortInlineR:
                (real, size) = (BinaryPrimitives.ReadSingleLittleEndian(operand), 4);
                break;
            case OperandType.InlineR:
                (real, size) = (BinaryPrimitives.ReadDoubleLittleEndian(operand), 8);
                break;
            case OperandType.InlineSwitch:
                targets = ReadTargets(operand, position, out size);
                break;
            default:
                (integer, size) = (BinaryPrimitives.ReadInt32LittleEndian(operand), 4);
                break;
        }

        return new IlInstruction(offset, position + size, code, integer, real, targets);
    }

    private static int[] ReadTargets(ReadOnlySpan<byte> operand, int position, out int size)
    {
        int count = BinaryPrimitives.ReadInt32LittleEndian(operand);
        size = 4 + (4 * count);
        int[] targets = new int[count];
        for (int i = 0; i < count; i++)
        {
            targets[i] = position + size + BinaryPrimitives.ReadInt32LittleEndian(operand[(4 + (4 * i))..]);
        }

        return targets;
    }
}
