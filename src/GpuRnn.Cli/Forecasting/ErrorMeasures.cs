namespace GpuRnn.Cli.Forecasting;

/// <summary>How far forecasts lie from the truth, in the unit of the data.</summary>
/// <param name="RootMeanSquare">RMSE.</param>
/// <param name="MeanAbsolute">MAE.</param>
/// <param name="Count">Forecasts compared.</param>
internal sealed record ErrorMeasures(double RootMeanSquare, double MeanAbsolute, int Count)
{
    /// <summary>Compares forecasts with the truth.</summary>
    /// <param name="truth">At least one value.</param>
    /// <param name="forecast">As many values.</param>
    public static ErrorMeasures Between(ReadOnlySpan<double> truth, ReadOnlySpan<double> forecast)
    {
        if (truth.Length != forecast.Length || truth.Length == 0)
        {
            throw new ArgumentException(
                $"ErrorMeasures.Between: {truth.Length} true values meet {forecast.Length} forecasts, but equal counts above 0 are needed. "
                + "Pass one forecast a value.",
                nameof(forecast));
        }

        double squares = 0;
        double absolutes = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            double error = forecast[i] - truth[i];
            squares += error * error;
            absolutes += Math.Abs(error);
        }

        return new ErrorMeasures(Math.Sqrt(squares / truth.Length), absolutes / truth.Length, truth.Length);
    }
}
