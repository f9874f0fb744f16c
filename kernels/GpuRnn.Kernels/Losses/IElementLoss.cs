using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>A loss of single elements, with at most one number that shapes it.</summary>
/// <remarks>In <see cref="F64"/> the two methods are the reference. Where the loss has no number, the setting is not looked at.</remarks>
public interface IElementLoss
{
    /// <summary>The loss of one element.</summary>
    static abstract T Value<T>(T prediction, T target, T setting)
        where T : struct, IReal<T>;

    /// <summary>The derivative of <see cref="Value"/> with respect to the prediction.</summary>
    static abstract T Derivative<T>(T prediction, T target, T setting)
        where T : struct, IReal<T>;
}
