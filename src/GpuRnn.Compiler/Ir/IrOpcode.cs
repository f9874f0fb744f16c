namespace GpuRnn.Compiler.Ir;

/// <summary>What an instruction does. Signs and widths are those of the operands' types unless the name says otherwise.</summary>
internal enum IrOpcode
{
    /// <summary>Private memory for the leaves of one variable, <see cref="IrInstruction.Leaves"/>; its address.</summary>
    Alloca,

    /// <summary>A private array; the operand is the number of elements, a constant once everything is folded.</summary>
    LocalArray,

    /// <summary>An array that the group shares; the operand is the number of elements, a constant once everything is folded.</summary>
    SharedArray,

    /// <summary>The address of leaf <see cref="IrInstruction.Immediate"/> behind the address of a struct.</summary>
    LeafAddress,

    /// <summary>Pointer plus index, counted in elements.</summary>
    ElementAddress,
    Load,

    /// <summary>Operands: address, value.</summary>
    Store,
    Add,
    Subtract,
    Multiply,
    Divide,
    DivideUnsigned,
    Remainder,
    RemainderUnsigned,
    And,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    Negate,

    /// <summary>All bits inverted; the logical negation of a bool.</summary>
    Not,
    Equal,

    /// <summary>True for NaN, as C#'s operator is.</summary>
    NotEqual,
    Less,
    LessEqual,
    LessUnsigned,
    LessEqualUnsigned,

    /// <summary>Operands: condition, value when true, value when false.</summary>
    Select,

    /// <summary>Between numeric types, integers taken as signed; floats saturate on their way to integers and NaN becomes 0.</summary>
    Convert,

    /// <summary>As <see cref="Convert"/> with the integer on either side taken as unsigned.</summary>
    ConvertUnsigned,

    /// <summary>The same bits as another type of the same width.</summary>
    Reinterpret,

    /// <summary>The function <see cref="MathFunction"/> in <see cref="IrInstruction.Immediate"/>.</summary>
    Math,

    /// <summary>The number <see cref="WorkItemQuery"/> in <see cref="IrInstruction.Immediate"/>.</summary>
    WorkItem,

    /// <summary>Waits for the group and makes its writes visible.</summary>
    Barrier,

    /// <summary>Operands: address, value; the old value. The operation is the <see cref="AtomicOperation"/> in the immediate.</summary>
    Atomic,
}
