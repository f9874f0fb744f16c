namespace GpuRnn.Compiler.Frontend;

/// <summary>A parameter of a kernel for which a launch passes an argument; the index is not one.</summary>
/// <param name="Name">Its name in the source.</param>
/// <param name="Type">Its type: a view, or a value without references.</param>
/// <param name="IsView">True for a view of device memory.</param>
/// <param name="IsReadOnly">True for a view whose memory nobody writes during a launch.</param>
public sealed record KernelParameter(string Name, Type Type, bool IsView, bool IsReadOnly = false)
{
    /// <summary>What generated text takes parameters for, in their order.</summary>
    public IReadOnlyList<KernelLeaf> Leaves => TypeLayout.Paths(Type);
}
