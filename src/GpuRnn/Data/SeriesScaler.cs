using GpuRnn.Tensors;

namespace GpuRnn.Data;

/// <summary>Brings each column of a series to a common size, and back: y = (x − offset) / factor.</summary>
/// <remarks>Fit it on the training part alone: what later parts decide would leak into the training.</remarks>
public sealed class SeriesScaler
{
    private readonly double[] _offsets;
    private readonly double[] _factors;

    private SeriesScaler(double[] offsets, double[] factors)
    {
        (_offsets, _factors) = (offsets, factors);
    }

    /// <summary>Columns it was fitted to.</summary>
    public int ColumnCount => _offsets.Length;

    /// <summary>What is taken from each column: its mean, or its smallest value.</summary>
    public IReadOnlyList<double> Offsets => _offsets;

    /// <summary>What each column is divided by: its deviation, or its range.</summary>
    public IReadOnlyList<double> Factors => _factors;

    /// <summary>Leaves the values of so many columns as they are.</summary>
    public static SeriesScaler Identity(int columns = 1)
    {
        ArgumentCheck.AtLeast(columns, 1, nameof(SeriesScaler), nameof(columns), "the values a time step");
        return new SeriesScaler(new double[columns], [.. Enumerable.Repeat(1.0, columns)]);
    }

    /// <summary>To mean 0 and standard deviation 1 (of the population: divided by n).</summary>
    /// <param name="values">[N, columns], finite.</param>
    /// <param name="columns">Values a time step.</param>
    /// <exception cref="ArgumentException">Columns do not divide the values, or a column does not vary or is not finite.</exception>
    public static SeriesScaler Standard(ReadOnlySpan<double> values, int columns = 1)
    {
        int rows = RequireRows(values, columns);
        double[] offsets = new double[columns];
        double[] factors = new double[columns];
        for (int column = 0; column < columns; column++)
        {
            // Two passes, the second of which takes the first one's error back.
            double sum = 0.0;
            for (int row = 0; row < rows; row++)
            {
                sum += values[(row * columns) + column];
            }

            double mean = sum / rows;
            (double rest, double squares) = (0.0, 0.0);
            for (int row = 0; row < rows; row++)
            {
                double distance = values[(row * columns) + column] - mean;
                rest += distance;
                squares += distance * distance;
            }

            offsets[column] = mean;
            factors[column] = RequireFactor(Math.Sqrt((squares - (rest * rest / rows)) / rows), column, "standard deviation");
        }

        return new SeriesScaler(offsets, factors);
    }

    /// <summary>To 0 at the smallest value and 1 at the largest.</summary>
    /// <inheritdoc cref="Standard"/>
    public static SeriesScaler MinimumMaximum(ReadOnlySpan<double> values, int columns = 1)
    {
        int rows = RequireRows(values, columns);
        double[] offsets = new double[columns];
        double[] factors = new double[columns];
        for (int column = 0; column < columns; column++)
        {
            (double smallest, double largest) = (double.PositiveInfinity, double.NegativeInfinity);
            for (int row = 0; row < rows; row++)
            {
                smallest = Math.Min(smallest, values[(row * columns) + column]);
                largest = Math.Max(largest, values[(row * columns) + column]);
            }

            offsets[column] = smallest;
            factors[column] = RequireFactor(largest - smallest, column, "range");
        }

        return new SeriesScaler(offsets, factors);
    }

    /// <summary>From the unit of the data to the common size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public double Forward(double value, int column = 0)
    {
        RequireColumn(column, "SeriesScaler.Forward");
        return (value - _offsets[column]) / _factors[column];
    }

    /// <summary>From the common size back to the unit of the data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public double Back(double scaled, int column = 0)
    {
        RequireColumn(column, "SeriesScaler.Back");
        return (scaled * _factors[column]) + _offsets[column];
    }

    private void RequireColumn(int column, string where)
    {
        if ((uint)column >= (uint)ColumnCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(column), $"{where}: column {column} was asked for, but the scaler was fitted to {ColumnCount}. Ask for 0 to {ColumnCount - 1}.");
        }
    }

    private static int RequireRows(ReadOnlySpan<double> values, int columns)
    {
        ArgumentCheck.AtLeast(columns, 1, nameof(SeriesScaler), nameof(columns), "the values a time step");
        return values.Length > 0 && values.Length % columns == 0
            ? values.Length / columns
            : throw new ArgumentException(
                $"SeriesScaler: {values.Length} values arrived, but rows of {columns} are needed, at least one. Pass all values of the training part.",
                nameof(values));
    }

    private static double RequireFactor(double factor, int column, string what)
    {
        return factor > 0.0 && double.IsFinite(factor)
            ? factor
            : throw new ArgumentException(
                FormattableString.Invariant(
                    $"SeriesScaler: column {column} has {what} {factor}, but a finite one above 0 is needed. Leave out a column that does not vary, and fill gaps."));
    }
}
