namespace GpuRnn.Compiler.Ir;

/// <summary>What an instruction does. Signs and widths are those of the operands' types unless the name says otherwise.</summary>
internal enum IrOpcode
{
    /// <summary>Private memory for the leaves of one variable, <see cref="IrInstruction.Leaves"/>; its address.</summary>
    Alloca,

    /// <summary>
    /// A private array; the operand is the number of elements, a constant once everything is folded. The number of bytes where the element is
    /// <see cref="ScalarKind.Void"/>, a struct of several numbers; such an array begins at a multiple of 16.
    /// </summary>
    LocalArray,

    /// <summary>An array that the group shares; the operand as for <see cref="LocalArray"/>.</summary>
    SharedArray,

    /// <summary>The shared memory that the launch asked for, <see cref="WorkItemQuery.DynamicSharedBytes"/> long; begins at a multiple of 16.</summary>
    DynamicSharedArray,

    /// <summary>The address of leaf <see cref="IrInstruction.Immediate"/> behind the address of an <see cref="IrInstruction.Struct"/>.</summary>
    /// <remarks>Behind all passes only <see cref="ByteAddress"/> is left.</remarks>
    LeafAddress,

    /// <summary>Pointer plus index, counted in elements.</summary>
    ElementAddress,

    /// <summary>Pointer plus offset counted in bytes; what the result points to may be of another kind.</summary>
    ByteAddress,

    /// <summary>The same address, known to be a multiple of the immediate. Only for devices that make use of it.</summary>
    AlignedAddress,
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

    /// <summary>A vector with the operand in every element.</summary>
    Broadcast,

    /// <summary>Operands: vector, index modulo the number of elements; that element.</summary>
    Element,

    /// <summary>Operands: vector, index modulo the number of elements, new element; the changed vector.</summary>
    WithElement,

    /// <summary>The bits of the nearest number of TF32, ties away from zero. Only for devices that have it, as the one below.</summary>
    ToTf32,

    /// <summary>Two numbers of BFloat16 in 32 bits, the first in the low half; nearest, ties to even.</summary>
    ToBFloat16Pair,

    /// <summary>The number of set bits, as 32 bits.</summary>
    PopCount,

    /// <summary>The number of zero bits above the highest set bit, as 32 bits; all bits for 0.</summary>
    LeadingZeros,

    /// <summary>The function <see cref="MathFunction"/> in <see cref="IrInstruction.Immediate"/>.</summary>
    Math,

    /// <summary>The number <see cref="WorkItemQuery"/> in <see cref="IrInstruction.Immediate"/>.</summary>
    WorkItem,

    /// <summary>Waits for the group and makes its writes visible.</summary>
    Barrier,

    /// <summary>
    /// Operands: address, value, and for <see cref="AtomicOperation.CompareExchange"/> between them what must be there; the old value. The operation
    /// is the <see cref="AtomicOperation"/> in the immediate. 32- and 64-bit integers; <see cref="AtomicOperation.Add"/> also of floats.
    /// </summary>
    Atomic,

    /// <summary>Orders the memory accesses before it and behind it for those in the <see cref="FenceScope"/> of the immediate; waits for nobody.</summary>
    Fence,

    /// <summary>Operands: address of 32 bits in global memory; its value. No access behind it happens before it.</summary>
    LoadAcquire,

    /// <summary>Operands: address of 32 bits in global memory, value. Every access before it has happened, for all of the device.</summary>
    StoreRelease,

    /// <summary>Operands as for <see cref="StoreRelease"/>; adds, and gives no value back.</summary>
    AddRelease,

    /// <summary>Waits for the warp, 32 work-items with neighbouring linear numbers, and makes its writes visible.</summary>
    WarpBarrier,

    /// <summary>
    /// D = A B + C of a warp, four sums of 32-bit floats a lane as a vector. Operands: a0 to a3 and b0 to b1 as bits, then the four of C. The kind
    /// of the factors is the <see cref="MatrixFactor"/> in the immediate. Only for devices that have it, see <see cref="Frontend.DeviceWords"/>.
    /// </summary>
    WarpMatrix,

    /// <summary>
    /// Begins to copy from global into shared memory. Operands: target, source, the bytes to write, those of them to read; zeros stand for the
    /// others. Only for devices that have it, as the two below.
    /// </summary>
    AsyncCopy,

    /// <summary>Makes a set of the copies begun since the last one.</summary>
    AsyncCommit,

    /// <summary>Waits until all sets but the newest have ended; the operand is their number, a constant once everything is folded.</summary>
    AsyncWait,

    /// <summary>Operands: value, lane; that lane's value, the own one when the warp has no such lane. All lanes arrive together.</summary>
    WarpShuffle,
}
