using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Persistent;

/// <summary>The arguments of a backward loop over all steps of a layer in one direction.</summary>
/// <remarks>As <see cref="ForwardArguments"/>, whose pass wrote the histories.</remarks>
public struct BackwardArguments
{
    /// <summary>The recurrent weight, [gates·width, width], from the first row that the product uses. Not modified.</summary>
    public ArrayView<float> Weights;

    /// <summary>The hoisted products, [rows, gates·width]; not modified.</summary>
    public ArrayView<float> Inputs;

    /// <summary>State 0 before the loop; not read without <see cref="BackwardOptions.Initial0"/>.</summary>
    public ArrayView<float> Initial0;

    /// <summary>State 1 before the loop; not read without <see cref="BackwardOptions.Initial1"/>.</summary>
    public ArrayView<float> Initial1;

    /// <summary>A learned vector of the cell, [width], if it has one.</summary>
    public ArrayView<float> Parameter0;

    /// <summary>Its second learned vector.</summary>
    public ArrayView<float> Parameter1;

    /// <summary>Its third learned vector.</summary>
    public ArrayView<float> Parameter2;

    /// <summary>The history of state 0; not modified.</summary>
    public ArrayView<float> States0;

    /// <summary>The history of state 1; not read without <see cref="BackwardOptions.SecondState"/>.</summary>
    public ArrayView<float> States1;

    /// <summary>The history of value 0; likewise the others. Not modified.</summary>
    public ArrayView<float> Values0;

    /// <summary>Value 1.</summary>
    public ArrayView<float> Values1;

    /// <summary>Value 2.</summary>
    public ArrayView<float> Values2;

    /// <summary>Value 3.</summary>
    public ArrayView<float> Values3;

    /// <summary>The gradient of the history of state 0 from outside the loop; not read without <see cref="BackwardOptions.StateGradients0"/>.</summary>
    public ArrayView<float> StateGradients0;

    /// <summary>The same for state 1, with <see cref="BackwardOptions.StateGradients1"/>.</summary>
    public ArrayView<float> StateGradients1;

    /// <summary>The gradient of the final state 0; not read without <see cref="BackwardOptions.FinalGradients0"/>.</summary>
    public ArrayView<float> FinalGradients0;

    /// <summary>The same for state 1, with <see cref="BackwardOptions.FinalGradients1"/>.</summary>
    public ArrayView<float> FinalGradients1;

    /// <summary>Receives the gradients of the hoisted products, [rows, gates·width].</summary>
    public ArrayView<float> InputGradients;

    /// <summary>Receives the gradients of the step's product, [rows, gates·width]; may be the same memory as <see cref="InputGradients"/> where both are equal.</summary>
    public ArrayView<float> ProductGradients;

    /// <summary>Receives the gradient of the initial state 0, with <see cref="BackwardOptions.InitialGradients0"/>.</summary>
    public ArrayView<float> InitialGradients0;

    /// <summary>The same for state 1, with <see cref="BackwardOptions.InitialGradients1"/>.</summary>
    public ArrayView<float> InitialGradients1;

    /// <summary>Receives the gradients of the learned vectors apart by row: [vector][B][width].</summary>
    public ArrayView<float> ParameterGradients;

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

    /// <summary>Row stride of the gradient of the history of state 0.</summary>
    public int StateGradientStride0;

    /// <summary>Row stride of the gradient of the history of state 1.</summary>
    public int StateGradientStride1;

    /// <summary>Row stride of the gradient of the final state 0.</summary>
    public int FinalGradientStride0;

    /// <summary>Row stride of the gradient of the final state 1.</summary>
    public int FinalGradientStride1;

    /// <summary>Row stride of the gradients of the hoisted products.</summary>
    public int InputGradientStride;

    /// <summary>Row stride of the gradients of the step's product.</summary>
    public int ProductGradientStride;

    /// <summary>Row stride of the gradient of the initial state 0.</summary>
    public int InitialGradientStride0;

    /// <summary>Row stride of the gradient of the initial state 1.</summary>
    public int InitialGradientStride1;

    /// <summary>How many learned vectors there are.</summary>
    public int ParameterCount;

    /// <summary>Which of the optional arguments are there: <see cref="BackwardOptions"/>.</summary>
    public int Options;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool Has(BackwardOptions option) => (Options & (int)option) != 0;
}
