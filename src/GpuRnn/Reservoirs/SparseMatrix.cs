namespace GpuRnn.Reservoirs;

/// <summary>The nonzero elements of a matrix in double precision, row by row.</summary>
internal sealed class SparseMatrix
{
    private readonly int[] _rowStarts;
    private readonly int[] _columns;
    private readonly double[] _values;

    /// <summary>Takes over the three arrays.</summary>
    /// <param name="columnCount">Columns.</param>
    /// <param name="rowStarts">Where each row begins in the other arrays, and their length at the end.</param>
    /// <param name="columns">The column of each element, ascending within a row.</param>
    /// <param name="values">The elements.</param>
    public SparseMatrix(int columnCount, int[] rowStarts, int[] columns, double[] values)
    {
        (ColumnCount, _rowStarts, _columns, _values) = (columnCount, rowStarts, columns, values);
    }

    public int RowCount => _rowStarts.Length - 1;

    public int ColumnCount { get; }

    public ReadOnlySpan<int> RowStarts => _rowStarts;

    public ReadOnlySpan<int> Columns => _columns;

    public ReadOnlySpan<double> Values => _values;

    /// <summary>Keeps what is not zero of a row-major matrix.</summary>
    public static SparseMatrix FromDense(ReadOnlySpan<double> matrix, int rowCount, int columnCount)
    {
        int[] starts = new int[rowCount + 1];
        List<int> columns = [];
        List<double> values = [];
        for (int row = 0; row < rowCount; row++)
        {
            for (int column = 0; column < columnCount; column++)
            {
                double value = matrix[(row * columnCount) + column];
                if (value != 0.0)
                {
                    columns.Add(column);
                    values.Add(value);
                }
            }

            starts[row + 1] = values.Count;
        }

        return new SparseMatrix(columnCount, starts, [.. columns], [.. values]);
    }

    /// <summary>The same elements times a factor.</summary>
    public SparseMatrix Times(double factor)
    {
        return new SparseMatrix(ColumnCount, _rowStarts, _columns, [.. _values.Select(value => value * factor)]);
    }

    /// <summary>All elements, row-major.</summary>
    public double[] ToDense()
    {
        double[] matrix = new double[RowCount * ColumnCount];
        for (int row = 0; row < RowCount; row++)
        {
            for (int i = _rowStarts[row]; i < _rowStarts[row + 1]; i++)
            {
                matrix[(row * ColumnCount) + _columns[i]] = _values[i];
            }
        }

        return matrix;
    }

    /// <summary>The product of one row with a vector.</summary>
    public double RowTimes(int row, ReadOnlySpan<double> vector)
    {
        double sum = 0.0;
        for (int i = _rowStarts[row]; i < _rowStarts[row + 1]; i++)
        {
            sum += _values[i] * vector[_columns[i]];
        }

        return sum;
    }

    /// <summary>The rows and columns of the given indices alone, in their order.</summary>
    public SparseMatrix Principal(IReadOnlyList<int> indices)
    {
        int[] newIndex = new int[ColumnCount];
        Array.Fill(newIndex, -1);
        for (int i = 0; i < indices.Count; i++)
        {
            newIndex[indices[i]] = i;
        }

        int[] starts = new int[indices.Count + 1];
        List<int> columns = [];
        List<double> values = [];
        for (int row = 0; row < indices.Count; row++)
        {
            for (int i = _rowStarts[indices[row]]; i < _rowStarts[indices[row] + 1]; i++)
            {
                if (newIndex[_columns[i]] >= 0)
                {
                    columns.Add(newIndex[_columns[i]]);
                    values.Add(_values[i]);
                }
            }

            starts[row + 1] = values.Count;
        }

        return new SparseMatrix(indices.Count, starts, [.. columns], [.. values]);
    }
}
