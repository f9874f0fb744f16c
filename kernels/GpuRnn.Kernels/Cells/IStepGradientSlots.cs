using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>What a pointwise node sees in the backward pass, at one hidden unit of one batch row.</summary>
/// <typeparam name="T">The lane the node computes in.</typeparam>
/// <remarks>Products are not kept: a node that needs one in the backward pass writes it to a value slot in the forward pass.</remarks>
public interface IStepGradientSlots<T>
    where T : struct, IReal<T>
{
    /// <summary>Input slot <paramref name="slot"/>, as in the forward pass.</summary>
    T Input(int slot);

    /// <summary>State <paramref name="state"/> at t−1.</summary>
    T State(int state);

    /// <summary>State <paramref name="state"/> at t, as this or an earlier node wrote it.</summary>
    T NextState(int state);

    /// <summary>Value <paramref name="slot"/> of this step, as the forward pass wrote it.</summary>
    T Value(int slot);

    /// <summary>Learned per-unit vector <paramref name="slot"/>.</summary>
    T Parameter(int slot);

    /// <summary>The whole gradient of state <paramref name="state"/> at t, for the node that wrote it.</summary>
    T StateGradient(int state);

    /// <summary>The whole gradient of value <paramref name="slot"/> that this node wrote and later nodes or products read.</summary>
    T ValueGradient(int slot);

    /// <summary>Sets the gradient of input slot <paramref name="slot"/>; this node is its only reader.</summary>
    void SetInputGradient(int slot, T value);

    /// <summary>Sets the gradient of product block <paramref name="slot"/>; this node is its only reader.</summary>
    void SetProductGradient(int slot, T value);

    /// <summary>Adds to the gradient of state <paramref name="state"/> at t−1.</summary>
    void AddStateGradient(int state, T value);

    /// <summary>Adds to the gradient of state <paramref name="state"/> at t, which an earlier node of this step wrote.</summary>
    void AddNextStateGradient(int state, T value);

    /// <summary>Adds to the gradient of value <paramref name="slot"/>, which an earlier node of this step wrote.</summary>
    void AddValueGradient(int slot, T value);

    /// <summary>Adds to the gradient of the learned vector <paramref name="slot"/>, summed over rows and steps.</summary>
    void AddParameterGradient(int slot, T value);
}
