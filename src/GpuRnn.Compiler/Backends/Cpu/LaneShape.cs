using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>How a value changes from one work-item of a vector to the next.</summary>
/// <param name="Kind">Not at all, in equal steps, or in any way.</param>
/// <param name="Step">The step, for an address in bytes; multiplied by <paramref name="Factor"/>.</param>
/// <param name="Factor">A value that is the same in all lanes; null for 1.</param>
internal readonly record struct LaneShape(LaneShapeKind Kind, long Step = 0, IrValue? Factor = null)
{
    internal static LaneShape Uniform => new(LaneShapeKind.Uniform);

    internal static LaneShape Varying => new(LaneShapeKind.Varying);

    internal bool IsScalar => Kind != LaneShapeKind.Varying;

    internal static LaneShape Steps(long step, IrValue? factor) => step == 0 ? Uniform : new LaneShape(LaneShapeKind.Steps, step, factor);

    /// <summary>The shape of a sum or, with a negative <paramref name="sign"/>, of a difference.</summary>
    internal static LaneShape Sum(LaneShape left, LaneShape right, int sign)
    {
        if (!left.IsScalar || !right.IsScalar)
        {
            return Varying;
        }

        return right.Kind == LaneShapeKind.Uniform ? left
            : left.Kind == LaneShapeKind.Uniform ? Steps(sign * right.Step, right.Factor)
            : left.Factor == right.Factor ? Steps(left.Step + (sign * right.Step), left.Factor)
            : Varying;
    }

    /// <summary>The shape of a product with a value that is the same in all lanes.</summary>
    internal LaneShape Times(IrValue value) => Kind switch
    {
        LaneShapeKind.Steps when value is IrConstant constant => Steps(unchecked(Step * constant.Bits), Factor),
        LaneShapeKind.Steps => Factor is null ? Steps(Step, value) : Varying,
        _ => this,
    };
}
