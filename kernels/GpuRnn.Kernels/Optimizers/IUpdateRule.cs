using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>What an optimizer does to one element, with the numbers of one step as its fields.</summary>
/// <typeparam name="TSelf">The rule itself.</typeparam>
/// <typeparam name="T">The lane; in <see cref="F64"/> the rule is the reference.</typeparam>
/// <remarks>The numbers are worked out in double precision on the host and rounded once.</remarks>
public interface IUpdateRule<TSelf, T>
    where TSelf : struct, IUpdateRule<TSelf, T>
    where T : struct, IReal<T>
{
    /// <summary>Updates one element; the gradient has what <see cref="Penalty{T}"/> adds to it.</summary>
    /// <param name="rule">The numbers of this step.</param>
    /// <param name="parameter">Changed.</param>
    /// <param name="gradient">That of this step.</param>
    /// <param name="first">What is kept between steps; 0 before the first unless the rule says otherwise.</param>
    /// <param name="second">What else is kept between steps.</param>
    static abstract void Apply(in TSelf rule, ref T parameter, T gradient, ref T first, ref T second);
}
