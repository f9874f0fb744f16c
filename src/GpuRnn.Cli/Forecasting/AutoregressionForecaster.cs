using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace GpuRnn.Cli.Forecasting;

/// <summary>A linear autoregression with intercept: x_t = a_0 + Σ a_k · x_{t−k}, k = 1…p (Yule 1927), fitted by least squares.</summary>
internal sealed class AutoregressionForecaster : IForecaster
{
    private readonly double[] _weights;

    private AutoregressionForecaster(double[] weights, double intercept)
    {
        _weights = weights;
        Intercept = intercept;
    }

    /// <inheritdoc/>
    public string Name => $"Autoregression ({HistoryLength})";

    /// <inheritdoc/>
    public string Key => "autoregression";

    /// <inheritdoc/>
    public int HistoryLength => _weights.Length;

    /// <summary>a_0.</summary>
    public double Intercept { get; }

    /// <summary>The weight of each past value, the oldest first: a_p to a_1.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>Fits all values that have <paramref name="order"/> predecessors in the training part.</summary>
    /// <param name="training">The training part, at least 2·order + 2 values.</param>
    /// <param name="order">p.</param>
    /// <remarks>
    /// Centred on the training mean and solved by the pseudo-inverse, so that linearly dependent lags give the smallest solution and not NaN. Of A = Q R that
    /// is the small one of R: one of A itself took 0.3 s of the half second that the tool may take to start.
    /// </remarks>
    public static AutoregressionForecaster Fit(ReadOnlySpan<double> training, int order)
    {
        double[] values = training.ToArray();
        double mean = values.Average();
        int rows = values.Length - order;
        Matrix<double> lags = Matrix<double>.Build.Dense(rows, order + 1, (row, column) => column == order ? 1.0 : values[row + column] - mean);
        Vector<double> targets = Vector<double>.Build.Dense(rows, row => values[row + order] - mean);
        QR<double> factors = lags.QR(QRMethod.Thin);
        Vector<double> solution = factors.R.PseudoInverse() * factors.Q.TransposeThisAndMultiply(targets);
        double[] weights = [.. solution.Take(order)];
        return new AutoregressionForecaster(weights, solution[order] + (mean * (1.0 - weights.Sum())));
    }

    /// <inheritdoc/>
    public double[] PredictNext(IReadOnlyList<ReadOnlyMemory<double>> histories)
    {
        return [.. histories.Select(Predict)];
    }

    private double Predict(ReadOnlyMemory<double> history)
    {
        ReadOnlySpan<double> recent = history.Span[^_weights.Length..];
        double sum = Intercept;
        for (int i = 0; i < _weights.Length; i++)
        {
            sum += _weights[i] * recent[i];
        }

        return sum;
    }
}
