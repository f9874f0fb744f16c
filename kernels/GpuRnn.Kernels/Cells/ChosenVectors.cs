namespace GpuRnn.Kernels.Cells;

/// <summary>The order of the vectors of constants of nodes whose activations and clip are chosen at run time.</summary>
/// <remarks>A function has three: its kind and its α and β as <see cref="Activations.ChosenActivation"/> has them. A cell without cell state has one or two functions.</remarks>
public static class ChosenVectors
{
    /// <summary>The limit of what activations of products read.</summary>
    public const int Clip = 0;

    /// <summary>The kind of the first function.</summary>
    public const int First = 1;

    /// <summary>The kind of the second function.</summary>
    public const int Second = First + VectorsOfAFunction;

    /// <summary>The kind of the third function.</summary>
    public const int Third = Second + VectorsOfAFunction;

    /// <summary>The limit of an LSTM's cell state.</summary>
    public const int CellClip = Third + VectorsOfAFunction;

    /// <summary>Kind, α, β.</summary>
    public const int VectorsOfAFunction = 3;
}
