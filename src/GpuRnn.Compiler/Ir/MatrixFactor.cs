namespace GpuRnn.Compiler.Ir;

/// <summary>The numbers that an <see cref="IrOpcode.WarpMatrix"/> multiplies.</summary>
internal enum MatrixFactor
{
    /// <summary>One an operand; 16 by 8 times 8 by 8.</summary>
    Tf32,

    /// <summary>Two an operand; 16 by 16 times 16 by 8.</summary>
    BFloat16,
}
