using System.Globalization;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Computes a pure expression once where an equal one dominates it.</summary>
internal static class CommonSubexpressions
{
    internal static void Run(IrFunction function)
    {
        ControlFlow flow = new(function);
        Dictionary<IrValue, IrValue> replacements = [];
        Dictionary<IrBlock, Dictionary<string, IrValue>> known = [];
        Dictionary<IrValue, int> numbers = [];
        foreach (IrBlock block in flow.Blocks)
        {
            IrBlock? above = flow.ImmediateDominator(block);
            Dictionary<string, IrValue> expressions = above is null ? [] : new(known[above]);
            foreach (IrInstruction instruction in block.Instructions.Where(one => one.IsPure))
            {
                string key = Key(instruction, replacements, numbers);
                if (!expressions.TryAdd(key, instruction))
                {
                    replacements[instruction] = expressions[key];
                }
            }

            block.Instructions.RemoveAll(replacements.ContainsKey);
            known[block] = expressions;
        }

        function.Replace(replacements);
    }

    private static string Key(IrInstruction instruction, Dictionary<IrValue, IrValue> replacements, Dictionary<IrValue, int> numbers)
    {
        string Operand(IrValue value)
        {
            value = replacements.GetValueOrDefault(value, value);
            if (value is IrConstant constant)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{constant.Type}:{constant.Bits}");
            }

            if (!numbers.TryGetValue(value, out int number))
            {
                numbers[value] = number = numbers.Count;
            }

            return number.ToString(CultureInfo.InvariantCulture);
        }

        string operands = string.Join(',', instruction.Operands.Select(Operand));
        return string.Create(CultureInfo.InvariantCulture, $"{instruction.Opcode} {instruction.Type} {instruction.Immediate} {operands}");
    }
}
