using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>The values that the text must compute: those of addresses only as far as <see cref="AddressParts"/> leaves something to compute.</summary>
internal sealed class NeededValues
{
    private readonly HashSet<IrValue> _all = [];
    private readonly HashSet<IrValue> _addressValues = [];
    private readonly HashSet<IrValue> _read = [];
    private readonly Stack<IrValue> _open = new();

    internal NeededValues(IrFunction function)
    {
        foreach (IrBlock block in function.Blocks)
        {
            foreach (IrInstruction instruction in block.Instructions.Where(one => one.HasEffect || one.Opcode == IrOpcode.Load))
            {
                _open.Push(instruction);
            }

            foreach (IrValue value in block.Edges.SelectMany(edge => edge.Arguments))
            {
                Use(value);
            }

            if (block.Condition is not null)
            {
                Use(block.Condition);
            }
        }

        while (_open.TryPop(out IrValue? value))
        {
            if (_all.Add(value) && value is IrInstruction instruction)
            {
                Visit(instruction);
            }
        }
    }

    internal bool Contains(IrValue value) => _all.Contains(value);

    /// <summary>True for an address that more is done with than reading and writing there.</summary>
    internal bool IsAddressValue(IrInstruction address) => _addressValues.Contains(address);

    /// <summary>True when somebody reads the value.</summary>
    internal bool IsRead(IrInstruction instruction) => _read.Contains(instruction);

    private void Visit(IrInstruction instruction)
    {
        if (AddressParts.IsAddress(instruction))
        {
            AddressParts parts = AddressParts.Of(instruction);
            Address(parts.Pointer);
            if (parts.Index is not null)
            {
                Use(parts.Index);
            }

            return;
        }

        int addresses = instruction.Opcode switch
        {
            IrOpcode.Load or IrOpcode.Store or IrOpcode.Atomic => 1,
            IrOpcode.AsyncCopy => 2,
            _ => instruction.IsOrdered ? 1 : 0,
        };
        for (int i = 0; i < instruction.Operands.Length; i++)
        {
            if (i < addresses)
            {
                Address(instruction.Operands[i]);
            }
            else
            {
                Use(instruction.Operands[i]);
            }
        }
    }

    private void Address(IrValue pointer)
    {
        if (AddressParts.IsAddress(pointer))
        {
            _open.Push(pointer);
        }
        else
        {
            Use(pointer);
        }
    }

    private void Use(IrValue value)
    {
        _read.Add(value);
        _open.Push(value);
        if (AddressParts.IsAddress(value))
        {
            _addressValues.Add(value);
        }
    }
}
