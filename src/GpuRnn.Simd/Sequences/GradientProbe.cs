using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>Slots of no memory that notice whether a node's gradients read one input.</summary>
/// <param name="input">The input slot.</param>
/// <remarks>A node's mathematics takes no branch that depends on numbers, so one run tells.</remarks>
internal struct GradientProbe(int input) : IStepGradientSlots<F32>
{
    private readonly int _input = input;

    /// <summary>Whether the slot was read.</summary>
    public bool IsRead { get; private set; }

    /// <inheritdoc/>
    public F32 Input(int slot)
    {
        IsRead |= slot == _input;
        return F32.One;
    }

    /// <inheritdoc/>
    public readonly F32 State(int state) => F32.One;

    /// <inheritdoc/>
    public readonly F32 NextState(int state) => F32.One;

    /// <inheritdoc/>
    public readonly F32 Value(int slot) => F32.One;

    /// <inheritdoc/>
    public readonly F32 Parameter(int slot) => F32.One;

    /// <inheritdoc/>
    public readonly F32 StateGradient(int state) => F32.One;

    /// <inheritdoc/>
    public readonly F32 ValueGradient(int slot) => F32.One;

    /// <inheritdoc/>
    public readonly void SetInputGradient(int slot, F32 value)
    {
    }

    /// <inheritdoc/>
    public readonly void SetProductGradient(int slot, F32 value)
    {
    }

    /// <inheritdoc/>
    public readonly void AddStateGradient(int state, F32 value)
    {
    }

    /// <inheritdoc/>
    public readonly void AddNextStateGradient(int state, F32 value)
    {
    }

    /// <inheritdoc/>
    public readonly void AddValueGradient(int slot, F32 value)
    {
    }

    /// <inheritdoc/>
    public readonly void AddParameterGradient(int slot, F32 value)
    {
    }
}
