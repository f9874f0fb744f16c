using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Persistent;

/// <summary>The columns of the weight that are the block's units: a column is a unit, a term a gate of a unit of the layer.</summary>
internal readonly struct BackwardWeights : IWeightSource
{
    private readonly ArrayView<float> _weights;
    private readonly int _width;
    private readonly int _firstUnit;
    private readonly int _depth;

    /// <summary>Reads [gates·width, width].</summary>
    /// <param name="weights">The layer's weight.</param>
    /// <param name="width">Units.</param>
    /// <param name="firstUnit">First unit of the block.</param>
    /// <param name="depth">Terms from one gate to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BackwardWeights(ArrayView<float> weights, int width, int firstUnit, int depth)
    {
        _weights = weights;
        _width = width;
        _firstUnit = firstUnit;
        _depth = depth;
    }

    /// <inheritdoc/>
    public static int Run
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Read(int term, int column)
    {
        int unit = _firstUnit + column;
        int source = term % _depth;
        int row = (term / _depth * _width) + source;
        return unit < _width && source < _width ? _weights[(row * _width) + unit] : 0f;
    }
}
