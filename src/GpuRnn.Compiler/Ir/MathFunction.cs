namespace GpuRnn.Compiler.Ir;

/// <summary>The functions that devices bring along; all but the first seven may differ between devices in the last places.</summary>
internal enum MathFunction
{
    MultiplyAdd,
    Abs,
    Sqrt,
    Floor,
    Ceiling,
    Truncate,
    RoundToEven,
    Exp,
    Log,
    Log2,
    Log10,
    Pow,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Atan2,
    Sinh,
    Cosh,
    Tanh,
}
