using System.Globalization;
using GpuRnn.Tensors;

namespace GpuRnn.Reservoirs;

/// <summary>ZᵀZ and ZᵀY of features Z and targets Y, summed in double precision as the rows come, so that no row needs to be kept.</summary>
internal sealed class NormalEquations
{
    // Rows that are added at once, so that each element of the matrix is read and written once for all of them.
    private const int RowsAtOnce = 8;

    private readonly int _featureCount;
    private readonly int _targetCount;
    private readonly double[] _gram;
    private readonly double[] _cross;
    private readonly double[] _waiting;
    private int _waitingCount;

    /// <summary>Begins with no row.</summary>
    /// <param name="featureCount">F.</param>
    /// <param name="targetCount">O.</param>
    public NormalEquations(int featureCount, int targetCount)
    {
        (_featureCount, _targetCount) = (featureCount, targetCount);
        _gram = new double[featureCount * featureCount];
        _cross = new double[targetCount * featureCount];
        _waiting = new double[RowsAtOnce * (featureCount + targetCount)];
    }

    /// <summary>Rows added.</summary>
    public int RowCount { get; private set; }

    /// <summary>Adds one row.</summary>
    public void Add(ReadOnlySpan<double> features, ReadOnlySpan<double> targets)
    {
        features.CopyTo(_waiting.AsSpan(_waitingCount * _featureCount));
        targets.CopyTo(_waiting.AsSpan((RowsAtOnce * _featureCount) + (_waitingCount * _targetCount)));
        RowCount++;
        if (++_waitingCount == RowsAtOnce)
        {
            AddWaiting();
        }
    }

    /// <summary>Solves (ZᵀZ + λI) Wᵀ = ZᵀY.</summary>
    /// <param name="ridge">λ.</param>
    /// <param name="weights">Receives W, [O, F].</param>
    /// <returns>The factor of ZᵀZ + λI.</returns>
    /// <exception cref="NotPositiveDefiniteException">The features depend on each other and the ridge is too small to choose among the solutions.</exception>
    public CholeskyFactor Solve(double ridge, out double[] weights)
    {
        AddWaiting();
        double[] matrix = [.. _gram];
        for (int i = 0; i < _featureCount; i++)
        {
            matrix[(i * _featureCount) + i] += ridge;
        }

        if (CholeskyFactor.TryCreate(matrix, _featureCount, out CholeskyFactor? factor) is (int index, double pivot))
        {
            string tooFew = RowCount < _featureCount ? $", or fit at least {_featureCount} steps beyond the washout" : string.Empty;
            throw new NotPositiveDefiniteException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"EchoStateNetwork.Fit: pivot {index} of {_featureCount} is {pivot:G3} after {RowCount} steps with Ridge = {ridge:G3}, but a positive "
                    + $"one is needed: the states before it determine this one. Pass a larger Ridge (or a StateNoise above 0){tooFew}."),
                index);
        }

        weights = [.. _cross];
        for (int target = 0; target < _targetCount; target++)
        {
            factor!.Solve(weights.AsSpan(target * _featureCount, _featureCount));
        }

        return factor!;
    }

    private void AddWaiting()
    {
        for (int i = 0; i < _featureCount; i++)
        {
            Span<double> row = _gram.AsSpan(i * _featureCount, i + 1);
            for (int k = 0; k < _waitingCount; k++)
            {
                ReadOnlySpan<double> features = _waiting.AsSpan(k * _featureCount, _featureCount);
                DoubleVectors.AddScaled(features[i], features[..(i + 1)], row);
            }
        }

        for (int k = 0; k < _waitingCount; k++)
        {
            ReadOnlySpan<double> features = _waiting.AsSpan(k * _featureCount, _featureCount);
            ReadOnlySpan<double> targets = _waiting.AsSpan((RowsAtOnce * _featureCount) + (k * _targetCount), _targetCount);
            for (int target = 0; target < _targetCount; target++)
            {
                DoubleVectors.AddScaled(targets[target], features, _cross.AsSpan(target * _featureCount, _featureCount));
            }
        }

        _waitingCount = 0;
    }
}
