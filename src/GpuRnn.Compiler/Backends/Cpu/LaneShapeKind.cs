namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>The ways in which a value differs between neighbouring work-items.</summary>
internal enum LaneShapeKind
{
    /// <summary>The same in all lanes; computed once, as a scalar.</summary>
    Uniform,

    /// <summary>Grows by the same step from lane to lane; the scalar is lane 0's.</summary>
    Steps,

    /// <summary>Kept in a vector.</summary>
    Varying,
}
