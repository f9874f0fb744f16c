using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Losses;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>The weights of a loss's targets, checked and brought into the form that its kernel reads.</summary>
/// <param name="Form">One of <see cref="LossWeights"/>.</param>
/// <param name="Rows">Rows of the launch.</param>
/// <param name="Columns">Columns of the launch.</param>
/// <param name="Sum">What a mean divides by.</param>
internal readonly record struct TargetWeights(int Form, int Rows, int Columns, double Sum)
{
    /// <summary>Finds the form that needs the fewest rows.</summary>
    /// <param name="weights">None, one a row of the target, or one an element.</param>
    /// <param name="target">[…, columns].</param>
    /// <param name="needsColumns">True where the loss must know an element's column.</param>
    /// <param name="where">Begins errors.</param>
    public static TargetWeights Of(float[]? weights, Tensor target, bool needsColumns, string where)
    {
        int length = target.Length;
        int columns = target.Rank == 0 ? 1 : target.Shape[^1];
        int rows = columns == 0 ? 0 : length / columns;
        (int flatRows, int flatColumns) = needsColumns ? (rows, columns) : (1, length);
        if (weights is null)
        {
            return new TargetWeights(LossWeights.None, flatRows, flatColumns, length);
        }

        if (weights.Length == length)
        {
            return new TargetWeights(LossWeights.Elements, flatRows, flatColumns, Add(weights, where));
        }

        return weights.Length == rows
            ? new TargetWeights(LossWeights.Rows, rows, columns, Add(weights, where) * columns)
            : throw new ShapeException(
                $"{where}: {weights.Length} weights arrived, but the target is {Tensor.Describe(target.Shape)}, {rows} rows of {columns}. "
                + $"Pass {rows} weights for rows, or {length} for elements.",
                nameof(weights));
    }

    /// <summary>The sum, in double.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public static double Add(float[] weights, string where)
    {
        double sum = 0.0;
        for (int i = 0; i < weights.Length; i++)
        {
            // Written so that NaN is refused too.
            if (!(weights[i] >= 0.0f && weights[i] <= float.MaxValue))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(weights),
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"{where}: weight {i} is {weights[i]}, but must be finite and at least 0. Pass 0 where there is no target."));
            }

            sum += weights[i];
        }

        return sum;
    }

    /// <summary>Copies numbers to the device; what is not there stands for a view that is not read.</summary>
    public static ArrayView<float> Upload(Tape tape, float[]? values, ArrayView<float> otherwise)
    {
        return values is null ? otherwise : tape.Input(values, values.Length).View;
    }
}
