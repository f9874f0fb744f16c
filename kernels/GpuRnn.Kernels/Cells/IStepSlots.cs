using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>What a pointwise node sees in the forward pass, at one hidden unit of one batch row.</summary>
/// <typeparam name="T">The lane the node computes in.</typeparam>
public interface IStepSlots<T>
    where T : struct, IReal<T>
{
    /// <summary>Input slot <paramref name="slot"/>, at this unit: a block of the products hoisted out of the time loop (bias included), or a sequence.</summary>
    T Input(int slot);

    /// <summary>Block <paramref name="slot"/> of the step's own products (bias included), at this unit.</summary>
    T Product(int slot);

    /// <summary>State <paramref name="state"/> at t−1, at this unit.</summary>
    T State(int state);

    /// <summary>State <paramref name="state"/> at t, written by an earlier node of the same step, at this unit.</summary>
    T NextState(int state);

    /// <summary>
    /// Value <paramref name="slot"/> that an earlier node of this step wrote, at this unit (or at this row for a row reduction).
    /// </summary>
    T Value(int slot);

    /// <summary>Learned per-unit vector <paramref name="slot"/>, at this unit.</summary>
    T Parameter(int slot);

    /// <summary>Writes state <paramref name="state"/> of step t.</summary>
    void SetState(int state, T value);

    /// <summary>Writes value <paramref name="slot"/>, kept for later nodes and for the backward pass.</summary>
    void SetValue(int slot, T value);
}
