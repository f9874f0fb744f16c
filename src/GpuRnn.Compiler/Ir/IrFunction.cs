using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Ir;

/// <summary>A kernel with all its calls inlined, in static single assignment form once its variables are registers.</summary>
internal sealed class IrFunction(string name, int launchDimensions)
{
    private int _nextId;

    /// <summary>The kernel's name, as messages show it.</summary>
    internal string Name { get; } = name;

    /// <summary>The axes of the launch index; 0 when the launch arranges the groups.</summary>
    internal int LaunchDimensions { get; } = launchDimensions;

    /// <summary>True when the groups of a launch wait for each other.</summary>
    internal bool IsCooperative { get; init; }

    /// <summary>How it is launched at most; null when it does not say.</summary>
    internal LaunchBoundsAttribute? LaunchBounds { get; init; }

    internal List<IrParameter> Parameters { get; } = [];

    /// <summary>What the function was made from; the frontend notes it.</summary>
    internal IrInputs Inputs { get; } = new();

    /// <summary>The blocks; the first is the entry and has no predecessor.</summary>
    internal List<IrBlock> Blocks { get; } = [];

    internal IrBlock Entry => Blocks[0];

    internal IEnumerable<IrInstruction> Instructions => Blocks.SelectMany(block => block.Instructions);

    internal int NextId() => _nextId++;

    internal IrBlock AddBlock()
    {
        IrBlock block = new(NextId());
        Blocks.Add(block);
        return block;
    }

    /// <summary>Replaces uses of values, following chains of replacements.</summary>
    internal void Replace(IReadOnlyDictionary<IrValue, IrValue> replacements)
    {
        if (replacements.Count == 0)
        {
            return;
        }

        IrValue Final(IrValue value)
        {
            while (replacements.TryGetValue(value, out IrValue? next))
            {
                value = next;
            }

            return value;
        }

        foreach (IrBlock block in Blocks)
        {
            foreach (IrInstruction instruction in block.Instructions)
            {
                for (int i = 0; i < instruction.Operands.Length; i++)
                {
                    instruction.Operands[i] = Final(instruction.Operands[i]);
                }
            }

            block.Condition = block.Condition is null ? null : Final(block.Condition);
            foreach (IrEdge edge in block.Edges)
            {
                for (int i = 0; i < edge.Arguments.Count; i++)
                {
                    edge.Arguments[i] = Final(edge.Arguments[i]);
                }
            }
        }
    }
}
