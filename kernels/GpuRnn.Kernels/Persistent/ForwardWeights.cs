using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Persistent;

/// <summary>The rows of the weight that the block's units need: a column is a gate of a unit, a term a unit of the layer.</summary>
internal readonly struct ForwardWeights : IWeightSource
{
    private readonly ArrayView<float> _weights;
    private readonly int _width;
    private readonly int _firstUnit;
    private readonly int _gates;

    /// <summary>Reads [gates·width, width].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ForwardWeights(ArrayView<float> weights, int width, int firstUnit, int gates)
    {
        _weights = weights;
        _width = width;
        _firstUnit = firstUnit;
        _gates = gates;
    }

    /// <inheritdoc/>
    public static int Run
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Read(int term, int column)
    {
        int unit = _firstUnit + (column / _gates);
        int row = (column % _gates * _width) + unit;
        return unit < _width && term < _width ? _weights[(row * _width) + term] : 0f;
    }
}
