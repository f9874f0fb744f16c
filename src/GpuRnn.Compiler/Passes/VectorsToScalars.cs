using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Takes vectors apart into their numbers, for backends whose machine has none.</summary>
/// <remarks>Runs behind the other passes; a function without vectors stays as it is.</remarks>
internal static class VectorsToScalars
{
    internal static void Run(IrFunction function)
    {
        ControlFlow flow = new(function);
        Dictionary<IrValue, IrValue[]> parts = [];
        foreach (IrBlock block in flow.Blocks)
        {
            SplitParameters(function, block, parts);
        }

        foreach (IrBlock block in flow.Blocks)
        {
            IrInstruction[] old = [.. block.Instructions];
            block.Instructions.Clear();
            Array.ForEach(old, instruction => new Splitter(function, block, parts).Translate(instruction));
        }

        foreach (IrBlock block in flow.Blocks.Where(block => block.Condition is not null))
        {
            block.Condition = Parts(block.Condition!, parts)[0];
        }

        foreach (IrEdge edge in flow.Blocks.SelectMany(block => block.Edges))
        {
            IrValue[] arguments = [.. edge.Arguments.SelectMany(argument => Parts(argument, parts))];
            edge.Arguments.Clear();
            edge.Arguments.AddRange(arguments);
        }
    }

    private static void SplitParameters(IrFunction function, IrBlock block, Dictionary<IrValue, IrValue[]> parts)
    {
        IrBlockParameter[] old = [.. block.Parameters];
        block.Parameters.Clear();
        foreach (IrBlockParameter parameter in old)
        {
            if (parameter.Type.IsVector)
            {
                IrBlockParameter[] split = [.. Enumerable.Range(0, parameter.Type.Lanes)
                    .Select(_ => new IrBlockParameter(parameter.Type.Scalar, block, function.NextId()))];
                parts[parameter] = [.. split];
                block.Parameters.AddRange(split);
            }
            else
            {
                parameter.Type = parameter.Type with { Lanes = 1 };
                block.Parameters.Add(parameter);
            }
        }
    }

    private static IrValue[] Parts(IrValue value, Dictionary<IrValue, IrValue[]> parts) => value switch
    {
        IrConstant { Type.IsVector: true } constant => [.. Enumerable.Repeat(constant.Element(), constant.Type.Lanes)],
        _ => parts.TryGetValue(value, out IrValue[]? split) ? split : [value],
    };

    private sealed class Splitter
    {
        private readonly IrFunction _function;
        private readonly IrBlock _block;
        private readonly Dictionary<IrValue, IrValue[]> _parts;

        internal Splitter(IrFunction function, IrBlock block, Dictionary<IrValue, IrValue[]> parts)
        {
            _function = function;
            _block = block;
            _parts = parts;
        }

        internal void Translate(IrInstruction instruction)
        {
            switch (instruction.Opcode)
            {
                case IrOpcode.Broadcast:
                    _parts[instruction] = [.. Enumerable.Repeat(instruction.Operands[0], instruction.Type.Lanes)];
                    break;
                case IrOpcode.Element:
                    Element(instruction);
                    break;
                case IrOpcode.WithElement:
                    IrValue[] old = Parts(instruction.Operands[0], _parts);
                    _parts[instruction] = [.. old.Select((part, i) => At(instruction, part.Type, i, instruction.Operands[2], part))];
                    break;
                case IrOpcode.Load when instruction.Type.IsVector:
                    _parts[instruction] = [.. Enumerable.Range(0, instruction.Type.Lanes)
                        .Select(i => Emit(instruction, IrOpcode.Load, instruction.Type.Scalar, Position(instruction, i)))];
                    break;
                case IrOpcode.Store when instruction.Operands[1].Type.IsVector:
                    IrValue[] stored = Parts(instruction.Operands[1], _parts);
                    for (int i = 0; i < stored.Length; i++)
                    {
                        Emit(instruction, IrOpcode.Store, IrType.Void, Position(instruction, i), stored[i]);
                    }

                    break;
                case IrOpcode.WarpMatrix:
                    Sums(instruction);
                    break;
                case IrOpcode.LocalArray or IrOpcode.SharedArray or IrOpcode.ElementAddress when instruction.Type.Lanes > 1:
                    Pointer(instruction);
                    break;
                default:
                    Elementwise(instruction);
                    break;
            }
        }

        private void Elementwise(IrInstruction instruction)
        {
            if (!instruction.Type.IsVector)
            {
                for (int i = 0; i < instruction.Operands.Length; i++)
                {
                    instruction.Operands[i] = Operand(instruction.Operands[i]);
                }

                _block.Append(instruction);
                return;
            }

            IrValue[][] operands = Array.ConvertAll(instruction.Operands, operand => Parts(operand, _parts));
            _parts[instruction] = [.. Enumerable.Range(0, instruction.Type.Lanes).Select(i => Emit(
                instruction, instruction.Opcode, instruction.Type.Scalar, Array.ConvertAll(operands, all => all.Length == 1 ? all[0] : all[i])))];
        }

        // One instruction with several results; what reads one of them stays.
        private void Sums(IrInstruction product)
        {
            for (int i = 0; i < product.Operands.Length; i++)
            {
                product.Operands[i] = Operand(product.Operands[i]);
            }

            _block.Append(product);
            _parts[product] = [.. Enumerable.Range(0, product.Type.Lanes)
                .Select(i => Emit(product, IrOpcode.Element, product.Type.Scalar, product, IrConstant.Of(i)))];
        }

        private void Element(IrInstruction instruction)
        {
            IrValue[] elements = Parts(instruction.Operands[0], _parts);
            IrValue chosen = elements[0];
            for (int i = 1; i < elements.Length; i++)
            {
                chosen = At(instruction, instruction.Type, i, elements[i], chosen, elements.Length);
            }

            _parts[instruction] = [chosen];
        }

        private IrValue At(IrInstruction instruction, IrType type, int place, IrValue here, IrValue elsewhere, int lanes = 0)
        {
            IrValue mask = IrConstant.Of((lanes == 0 ? instruction.Type.Lanes : lanes) - 1);
            IrValue index = Emit(instruction, IrOpcode.And, IrType.I32, Operand(instruction.Operands[1]), mask);
            IrValue isHere = Emit(instruction, IrOpcode.Equal, IrType.Bool, index, IrConstant.Of(place));
            return Emit(instruction, IrOpcode.Select, type, isHere, Operand(here), elsewhere);
        }

        private IrValue Position(IrInstruction access, int element) => Emit(
            access, IrOpcode.ElementAddress, access.Operands[0].Type with { Lanes = 1 }, Operand(access.Operands[0]), IrConstant.Of(element));

        // A pointer to vectors becomes one to numbers, with all counts of vectors multiplied.
        private void Pointer(IrInstruction instruction)
        {
            IrType type = instruction.Type with { Lanes = 1 };
            IrValue count = Operand(instruction.Operands[^1]);
            IrValue lanes = IrConstant.Integer(count.Type, instruction.Type.Lanes);
            IrValue scaled = Emit(instruction, IrOpcode.Multiply, count.Type, count, lanes);
            IrValue[] operands = instruction.Opcode == IrOpcode.ElementAddress ? [Operand(instruction.Operands[0]), scaled] : [scaled];
            _parts[instruction] = [Emit(instruction, instruction.Opcode, type, operands)];
        }

        private IrValue Operand(IrValue value) => Parts(value, _parts)[0];

        private IrValue Emit(IrInstruction origin, IrOpcode opcode, IrType type, params IrValue[] operands)
        {
            IrValue[] own = Array.ConvertAll(operands, Operand);
            IrValue? known = Simplifier.Simplify(opcode, type, own, origin.Immediate);
            if (known is not null)
            {
                return known;
            }

            IrInstruction instruction = new(opcode, type, _function.NextId(), own) { Immediate = origin.Immediate, Source = origin.Source };
            _block.Append(instruction);
            return instruction;
        }
    }
}
