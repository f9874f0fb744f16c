namespace GpuRnn.Cli.Forecasting;

/// <summary>What one forecaster did on the held-out part, and what it says about the time after the end.</summary>
/// <param name="Name">What tables call the forecaster.</param>
/// <param name="Key">What files call it.</param>
/// <param name="OneStep">The one-step forecast of each held-out value, made from true values before it.</param>
/// <param name="ByHorizon">Errors 1, 2, … steps ahead; the first entry compares <paramref name="OneStep"/>.</param>
/// <param name="Future">The forecast past the end of the series.</param>
internal sealed record ForecasterEvaluation(
    string Name, string Key, double[] OneStep, IReadOnlyList<ErrorMeasures> ByHorizon, double[] Future)
{
    /// <summary>Errors of the one-step forecast over the whole held-out part.</summary>
    public ErrorMeasures Errors => ByHorizon[0];

    /// <summary>Evaluates a forecaster; several steps ahead it is fed its own forecasts.</summary>
    /// <param name="forecaster">Already fitted, on nothing held out.</param>
    /// <param name="values">The whole series.</param>
    /// <param name="heldOutStart">The first held-out value, at least the history length.</param>
    /// <param name="horizon">Most steps ahead, at most the held-out count.</param>
    public static ForecasterEvaluation Of(IForecaster forecaster, double[] values, int heldOutStart, int horizon)
    {
        int history = forecaster.HistoryLength;
        int heldOut = values.Length - heldOutStart;

        // One origin before each held-out value, and one after the last value for the forecast into the future.
        double[][] paths = new double[heldOut + 1][];
        for (int origin = 0; origin <= heldOut; origin++)
        {
            paths[origin] = new double[history + horizon];
            Array.Copy(values, heldOutStart + origin - history, paths[origin], 0, history);
        }

        for (int step = 0; step < horizon; step++)
        {
            double[] next = forecaster.PredictNext([.. paths.Select(path => new ReadOnlyMemory<double>(path, step, history))]);
            for (int origin = 0; origin < paths.Length; origin++)
            {
                paths[origin][history + step] = next[origin];
            }
        }

        ErrorMeasures[] byHorizon = new ErrorMeasures[horizon];
        for (int step = 0; step < horizon; step++)
        {
            double[] forecast = [.. paths.Take(heldOut - step).Select(path => path[history + step])];
            byHorizon[step] = ErrorMeasures.Between(values.AsSpan(heldOutStart + step), forecast);
        }

        double[] oneStep = [.. paths.Take(heldOut).Select(path => path[history])];
        return new ForecasterEvaluation(forecaster.Name, forecaster.Key, oneStep, byHorizon, paths[heldOut][history..]);
    }
}
