using GpuRnn.Tensors;

namespace GpuRnn.Reservoirs;

/// <summary>Least squares that take in one row at a time, in double precision.</summary>
/// <remarks>
/// Source: Jaeger (2003), "Adaptive nonlinear system identification with echo state networks", after Farhang-Boroujeny (1998). With P = (ZᵀZ + λI)⁻¹
/// of the rows so far and a row z with targets y: g = P z / (φ + zᵀ P z), W += (y − W z) gᵀ, P = (P − g zᵀ P) / φ. With φ = 1 the weights after the last
/// row are those of the ridge regression over all rows. P stays symmetric to the last bit, which keeps its errors from growing.
/// </remarks>
internal sealed class RecursiveLeastSquares
{
    private readonly double _forgetting;
    private readonly int _featureCount;
    private readonly double[] _inverse;
    private readonly double[] _product;

    /// <summary>Begins from what is known.</summary>
    /// <param name="inverse">P, [F, F], symmetric; becomes this object's.</param>
    /// <param name="featureCount">F.</param>
    /// <param name="forgetting">φ, above 0 and at most 1.</param>
    public RecursiveLeastSquares(double[] inverse, int featureCount, double forgetting)
    {
        (_inverse, _featureCount, _forgetting) = (inverse, featureCount, forgetting);
        _product = new double[featureCount];
    }

    /// <summary>Takes in a row.</summary>
    /// <param name="features">z.</param>
    /// <param name="targets">y.</param>
    /// <param name="weights">W, [O, F]; updated.</param>
    public void Update(ReadOnlySpan<double> features, ReadOnlySpan<double> targets, Span<double> weights)
    {
        for (int i = 0; i < _featureCount; i++)
        {
            _product[i] = DoubleVectors.Dot(_inverse.AsSpan(i * _featureCount, _featureCount), features);
        }

        double scale = 1.0 / (_forgetting + DoubleVectors.Dot(_product, features));
        for (int target = 0; target < targets.Length; target++)
        {
            Span<double> row = weights.Slice(target * _featureCount, _featureCount);
            DoubleVectors.AddScaled(scale * (targets[target] - DoubleVectors.Dot(row, features)), _product, row);
        }

        for (int i = 0; i < _featureCount; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double value = (_inverse[(i * _featureCount) + j] - (scale * (_product[i] * _product[j]))) / _forgetting;
                _inverse[(i * _featureCount) + j] = value;
                _inverse[(j * _featureCount) + i] = value;
            }
        }
    }
}
