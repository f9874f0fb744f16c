using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Persistent;

/// <summary>The arguments of a forward loop over all steps of a layer in one direction.</summary>
/// <remarks>
/// Histories and inputs are packed rows, [rows, width] by their strides; initial and final states are [B, width] by theirs. Nothing that is
/// written overlaps anything that is read. A view that an option leaves out may be any view.
/// </remarks>
public struct ForwardArguments
{
    /// <summary>The recurrent weight, [gates·width, width], from the first row that the product uses. Not modified.</summary>
    public ArrayView<float> Weights;

    /// <summary>Its bias, [gates·width]; not read without <see cref="ForwardOptions.Bias"/>.</summary>
    public ArrayView<float> Bias;

    /// <summary>The hoisted products, [rows, gates·width]; not modified.</summary>
    public ArrayView<float> Inputs;

    /// <summary>State 0 before the loop; not read without <see cref="ForwardOptions.Initial0"/>.</summary>
    public ArrayView<float> Initial0;

    /// <summary>State 1 before the loop; not read without <see cref="ForwardOptions.Initial1"/>.</summary>
    public ArrayView<float> Initial1;

    /// <summary>A learned vector of the cell, [width], if it has one.</summary>
    public ArrayView<float> Parameter0;

    /// <summary>Its second learned vector.</summary>
    public ArrayView<float> Parameter1;

    /// <summary>Its third learned vector.</summary>
    public ArrayView<float> Parameter2;

    /// <summary>Receives the history of state 0.</summary>
    public ArrayView<float> States0;

    /// <summary>Receives the history of state 1, with <see cref="ForwardOptions.SecondState"/>.</summary>
    public ArrayView<float> States1;

    /// <summary>Receives the history of value 0, with <see cref="ForwardOptions.KeepsValues"/>; likewise the others.</summary>
    public ArrayView<float> Values0;

    /// <summary>Value 1.</summary>
    public ArrayView<float> Values1;

    /// <summary>Value 2.</summary>
    public ArrayView<float> Values2;

    /// <summary>Value 3.</summary>
    public ArrayView<float> Values3;

    /// <summary>Receives state 0 of each batch row behind its last step, or its initial one without a step.</summary>
    public ArrayView<float> Final0;

    /// <summary>The same for state 1, with <see cref="ForwardOptions.SecondState"/>.</summary>
    public ArrayView<float> Final1;

    /// <summary>Steps of the loop.</summary>
    public int StepCount;

    /// <summary>Units.</summary>
    public int Width;

    /// <summary>B, rows of length zero included.</summary>
    public int BatchSize;

    /// <summary>Units of a block.</summary>
    public int Units;

    /// <summary>Rows of a row tile.</summary>
    public int Rows;

    /// <summary>Parts of a sum; see <see cref="BlockShape"/>.</summary>
    public int Slices;

    /// <summary>Row stride of the inputs.</summary>
    public int InputStride;

    /// <summary>Row stride of the initial state 0.</summary>
    public int InitialStride0;

    /// <summary>Row stride of the initial state 1.</summary>
    public int InitialStride1;

    /// <summary>Row stride of the history of state 0.</summary>
    public int StateStride0;

    /// <summary>Row stride of the history of state 1.</summary>
    public int StateStride1;

    /// <summary>Row stride of the history of value 0; 0 where the cell has no such value.</summary>
    public int ValueStride0;

    /// <summary>Value 1.</summary>
    public int ValueStride1;

    /// <summary>Value 2.</summary>
    public int ValueStride2;

    /// <summary>Value 3.</summary>
    public int ValueStride3;

    /// <summary>Row stride of the final state 0.</summary>
    public int FinalStride0;

    /// <summary>Row stride of the final state 1.</summary>
    public int FinalStride1;

    /// <summary>How many learned vectors there are.</summary>
    public int ParameterCount;

    /// <summary>Which of the optional arguments are there: <see cref="ForwardOptions"/>.</summary>
    public int Options;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool Has(ForwardOptions option) => (Options & (int)option) != 0;
}
