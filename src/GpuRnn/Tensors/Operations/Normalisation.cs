using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Tensors.Operations;

/// <summary>Normalisation of each row over its elements, or of each column over the rows: y = gain · (x − mean) / √(variance + ε) + shift.</summary>
/// <remarks>
/// Ba, Kiros and Hinton (2016) for rows, Ioffe and Szegedy (2015) for columns; the variance divides by the number of elements. The kernel is the one that recurrent
/// layers use within their steps.
/// </remarks>
public static class Normalisation
{
    private static readonly MethodInfo s_forward = TensorKernels.Method(typeof(Normalise), nameof(Normalise.Forward));
    private static readonly MethodInfo s_backward = TensorKernels.Method(typeof(Normalise), nameof(Normalise.Backward));

    /// <summary>Over the last axis of each row.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[…, W].</param>
    /// <param name="gain">[W].</param>
    /// <param name="shift">[W].</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <exception cref="ShapeException">The axes disagree.</exception>
    public static Tensor OverRows(Tape tape, Tensor input, Tensor gain, Tensor shift, float epsilon)
    {
        (int rows, int width) = Require(tape, input, gain, shift, epsilon, "Normalisation.OverRows");
        Vectors vectors = new(rows, width, width, 1, 0, 1);
        return Run(tape, input, gain, shift, vectors, Normalise.NoStatistics, gain, gain, epsilon);
    }

    /// <summary>Over all rows of each column.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[…, W], at least two rows.</param>
    /// <param name="gain">[W].</param>
    /// <param name="shift">[W].</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="means">[W]; receives the means.</param>
    /// <param name="variances">[W]; receives the variances.</param>
    /// <exception cref="ShapeException">The axes disagree, or there are fewer than two rows.</exception>
    public static Tensor OverColumns(Tape tape, Tensor input, Tensor gain, Tensor shift, float epsilon, Tensor means, Tensor variances)
    {
        const string Where = "Normalisation.OverColumns";
        (int rows, int width) = Require(tape, input, gain, shift, epsilon, Where);
        RequireStatistics(means, variances, width, Where);
        if (rows < 2)
        {
            throw new ShapeException(
                $"{Where}: the input is {Tensor.Describe(input.Shape)}, but needs at least two rows, of which a mean and a variance can be taken. Make the batch larger.");
        }

        // With all of the momentum, what moves towards the batch's statistics becomes them.
        TensorKernels.Fill(tape.Device, means.View, 0.0f);
        TensorKernels.Fill(tape.Device, variances.View, 0.0f);
        return Run(tape, input, gain, shift, Columns(rows, width), Normalise.MovingStatistics, means, variances, epsilon);
    }

    /// <summary>Each column by a mean and a variance that are known.</summary>
    /// <inheritdoc cref="OverColumns(Tape, Tensor, Tensor, Tensor, float, Tensor, Tensor)"/>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[…, W].</param>
    /// <param name="gain">[W].</param>
    /// <param name="shift">[W].</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="means">[W].</param>
    /// <param name="variances">[W].</param>
    public static Tensor ByStatistics(Tape tape, Tensor input, Tensor gain, Tensor shift, float epsilon, Tensor means, Tensor variances)
    {
        const string Where = "Normalisation.ByStatistics";
        (int rows, int width) = Require(tape, input, gain, shift, epsilon, Where);
        RequireStatistics(means, variances, width, Where);
        return Run(tape, input, gain, shift, Columns(rows, width), Normalise.FrozenStatistics, means, variances, epsilon);
    }

    private static Vectors Columns(int rows, int width) => new(width, rows, 1, width, 1, 0);

    private static (int Rows, int Width) Require(Tape tape, Tensor input, Tensor gain, Tensor shift, float epsilon, string where)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, where);
        tape.Require(gain, where);
        tape.Require(shift, where);
        ArgumentCheck.Positive(epsilon, where, nameof(epsilon), "a small number such as 1e-5");
        int width = input.Rank == 0 ? 0 : input.Shape[^1];
        if (input.Rank == 0 || gain.Rank != 1 || gain.Shape[0] != width || shift.Rank != 1 || shift.Shape[0] != width)
        {
            throw new ShapeException(
                $"{where}: input is {Tensor.Describe(input.Shape)}, gain {Tensor.Describe(gain.Shape)} and shift {Tensor.Describe(shift.Shape)}, "
                + "but […, W], [W] and [W] are needed. Pass one gain and one shift for each element of the last axis.");
        }

        return (width == 0 ? 0 : input.Length / width, width);
    }

    private static void RequireStatistics(Tensor means, Tensor variances, int width, string where)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(variances);
        if (means.Length != width || variances.Length != width)
        {
            throw new ShapeException(
                $"{where}: means are {Tensor.Describe(means.Shape)} and variances {Tensor.Describe(variances.Shape)}, but [W={width}] is needed. "
                + "Pass one for each element of the last axis.");
        }
    }

    private static Tensor Run(Tape tape, Tensor input, Tensor gain, Tensor shift, Vectors vectors, int mode, Tensor means, Tensor variances, float epsilon)
    {
        int width = gain.Length;
        Tensor result = tape.Allocate([.. input.Shape]);
        ArrayView<float> parameters = tape.Rent(2 * width).View.SubView(0, 2 * width);
        TensorKernels.Copy(tape.Device, gain.View, parameters.SubView(0, width));
        TensorKernels.Copy(tape.Device, shift.View, parameters.SubView(width, width));
        ArrayView<float> normalised = tape.Rent(input.Length).View.SubView(0, input.Length);
        ArrayView<float> factors = tape.Rent(vectors.Count).View.SubView(0, vectors.Count);
        TensorKernels.Launch(
            tape.Device,
            s_forward,
            vectors.Count,
            input.View,
            result.View,
            parameters,
            normalised,
            factors,
            means.View,
            variances.View,
            vectors.Length,
            0,
            vectors.Stride,
            vectors.ElementStride,
            0,
            vectors.Stride,
            vectors.ElementStride,
            0,
            width,
            vectors.ParameterStride,
            vectors.ParameterElementStride,
            0,
            0,
            0,
            mode,
            epsilon,
            1.0f);
        if (tape.NeedsGradient(input) || tape.NeedsGradient(gain, shift))
        {
            tape.Record(new Gradient(input, gain, shift, result, vectors, mode, parameters, normalised, factors), result);
        }

        return result;
    }

    /// <summary>Where the elements lie that share a mean and a variance.</summary>
    private readonly record struct Vectors(int Count, int Length, int Stride, int ElementStride, int ParameterStride, int ParameterElementStride);

    private sealed class Gradient(
        Tensor input,
        Tensor gain,
        Tensor shift,
        Tensor result,
        Vectors vectors,
        int mode,
        ArrayView<float> parameters,
        ArrayView<float> normalised,
        ArrayView<float> factors) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream || input.Length == 0)
            {
                return;
            }

            // Where vectors share a gain, each adds to numbers of its own, which are summed afterwards.
            int width = gain.Length;
            int rows = vectors.ParameterStride == 0 ? vectors.Count : 1;
            ArrayView<float> parts = tape.Rent(2 * rows * width).View.SubView(0, 2 * rows * width);
            TensorKernels.Fill(tape.Device, parts, 0.0f);
            GradientPart part = input.NeedsGradient ? tape.BeginGradient(input) : new GradientPart(tape.Rent(input.Length).View.SubView(0, input.Length), default);
            Launch(tape, upstream, part.View, parts, rows * width);
            tape.EndGradient(part);
            AddParts(tape, gain, parts.SubView(0, rows * width), rows);
            AddParts(tape, shift, parts.SubView(rows * width, rows * width), rows);
        }

        private static void AddParts(Tape tape, Tensor parameter, ArrayView<float> parts, int rows)
        {
            if (parameter.NeedsGradient)
            {
                TensorKernels.AddColumnSums(tape, parts, tape.GradientOf(parameter).View, rows, parameter.Length);
            }
        }

        private void Launch(Tape tape, Tensor upstream, ArrayView<float> gradient, ArrayView<float> parts, int shiftAt)
        {
            TensorKernels.Launch(
                tape.Device,
                s_backward,
                vectors.Count,
                upstream.View,
                gradient,
                parameters,
                parts,
                normalised,
                factors,
                vectors.Length,
                0,
                vectors.Stride,
                vectors.ElementStride,
                0,
                vectors.Stride,
                vectors.ElementStride,
                0,
                vectors.ParameterStride,
                vectors.ParameterElementStride,
                0,
                shiftAt,
                vectors.ParameterStride == 0 ? gain.Length : 1,
                vectors.ParameterElementStride,
                0,
                0,
                mode,
                0);
        }
    }
}
