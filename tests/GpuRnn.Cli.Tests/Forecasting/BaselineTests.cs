using GpuRnn.Cli.Forecasting;

namespace GpuRnn.Cli.Tests.Forecasting;

public sealed class BaselineTests
{
    [Fact]
    public void Persistence_OnAHistory_RepeatsTheLastValue()
    {
        Assert.Equal([3.0, 5.0], new PersistenceForecaster().PredictNext([new double[] { 1, 2, 3 }, new double[] { 5 }]));
    }

    [Fact]
    public void SeasonalNaive_OnAHistory_RepeatsTheValueASeasonAgo()
    {
        Assert.Equal([2.0], new SeasonalNaiveForecaster(3).PredictNext([new double[] { 1, 2, 3, 4 }]));
    }

    [Fact]
    public void Autoregression_ExactRecurrence_FindsItsCoefficients()
    {
        // x_t = 3 + 0.5 x_{t-1} - 0.8 x_{t-2}
        double[] values = new double[40];
        (values[0], values[1]) = (1, 5);
        for (int t = 2; t < values.Length; t++)
        {
            values[t] = 3 + (0.5 * values[t - 1]) - (0.8 * values[t - 2]);
        }

        AutoregressionForecaster fitted = AutoregressionForecaster.Fit(values, 2);

        Assert.Equal(-0.8, fitted.Weights[0], 9);
        Assert.Equal(0.5, fitted.Weights[1], 9);
        Assert.Equal(3.0, fitted.Intercept, 9);
    }

    [Fact]
    public void Autoregression_OrderOneByHand_IsTheRegressionLine()
    {
        // Pairs (1,2), (2,2), (2,4): the means are 5/3 and 8/3, covariance and variance are equal, so slope and intercept are 1.
        AutoregressionForecaster fitted = AutoregressionForecaster.Fit([1, 2, 2, 4], 1);

        Assert.Equal(1.0, fitted.Weights[0], 12);
        Assert.Equal(1.0, fitted.Intercept, 12);
        Assert.Equal(5.0, fitted.PredictNext([new double[] { 4 }])[0], 12);
    }

    [Fact]
    public void Autoregression_DependentLags_StaysFinite()
    {
        // A period of two makes lags 1 and 3 equal.
        double[] values = [.. Enumerable.Range(0, 30).Select(t => t % 2 == 0 ? 1.0 : 3.0)];

        AutoregressionForecaster fitted = AutoregressionForecaster.Fit(values, 4);

        Assert.Equal(1.0, fitted.PredictNext([values])[0], 9);
    }

    [Fact]
    public void Errors_ByHand_AreRootMeanSquareAndMeanAbsolute()
    {
        ErrorMeasures errors = ErrorMeasures.Between([1, 2, 3, 4], [2, 2, 1, 4]);

        Assert.Equal(Math.Sqrt(5.0 / 4.0), errors.RootMeanSquare, 12);
        Assert.Equal(3.0 / 4.0, errors.MeanAbsolute, 12);
    }

    [Fact]
    public void Evaluation_PersistenceOnARamp_GrowsWithTheHorizon()
    {
        // On 0,1,2,… persistence is 1 off one step ahead, 2 off two steps ahead.
        double[] values = [.. Enumerable.Range(0, 10).Select(i => (double)i)];

        ForecasterEvaluation evaluation = ForecasterEvaluation.Of(new PersistenceForecaster(), values, 6, 3);

        Assert.Equal([5.0, 6.0, 7.0, 8.0], evaluation.OneStep);
        Assert.Equal([1.0, 2.0, 3.0], evaluation.ByHorizon.Select(errors => errors.RootMeanSquare));
        Assert.Equal([4, 3, 2], evaluation.ByHorizon.Select(errors => errors.Count));
        Assert.Equal([9.0, 9.0, 9.0], evaluation.Future);
    }

    [Fact]
    public void Evaluation_SeasonalNaiveOnItsSeason_IsExactAtEveryHorizon()
    {
        double[] values = [.. Enumerable.Range(0, 20).Select(i => (double)(i % 4))];

        ForecasterEvaluation evaluation = ForecasterEvaluation.Of(new SeasonalNaiveForecaster(4), values, 12, 6);

        Assert.All(evaluation.ByHorizon, errors => Assert.Equal(0.0, errors.RootMeanSquare));
        Assert.Equal([0.0, 1.0, 2.0, 3.0, 0.0, 1.0], evaluation.Future);
    }

    [Fact]
    public void Evaluation_Sunspots_AgreesWithTheFiguresOfNumPy()
    {
        // numpy.linalg.lstsq on the same rows.
        double[] values = SeriesReader.Read(null, null, null).Values;
        AutoregressionForecaster autoregression = AutoregressionForecaster.Fit(values.AsSpan(0, 2460), 24);

        Assert.Equal(18.638084889100956, ForecasterEvaluation.Of(new PersistenceForecaster(), values, 2580, 1).Errors.RootMeanSquare, 9);
        Assert.Equal(44.543453035584626, ForecasterEvaluation.Of(new SeasonalNaiveForecaster(132), values, 2580, 1).Errors.RootMeanSquare, 9);
        Assert.Equal(16.77418419088759, ForecasterEvaluation.Of(autoregression, values, 2580, 1).Errors.RootMeanSquare, 9);
    }

    [Theory]
    [InlineData(8.0, "N wins with the lowest RMSE, 8.00, and the lowest MAE. The RMSE of N is 20.0 % below P, 11.1 % below A.")]
    [InlineData(9.9, "A wins with the lowest RMSE, 9.00, and the lowest MAE. The RMSE of N is 1.0 % below P, 10.0 % above A.")]
    public void Verdict_WhoeverIsBest_IsNamed(double network, string expected)
    {
        Assert.Equal(expected, ForecastComparison.Verdict(Result("N", network), [Result("P", 10), Result("A", 9)]));
    }

    private static ForecasterEvaluation Result(string name, double error)
    {
        return new ForecasterEvaluation(name, name, [], [new ErrorMeasures(error, error, 1)], []);
    }
}
