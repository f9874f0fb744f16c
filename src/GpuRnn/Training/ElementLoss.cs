using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Losses;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>The mean of a loss of single elements, computed together with its gradient.</summary>
/// <typeparam name="TLoss">The loss.</typeparam>
internal static class ElementLoss<TLoss>
    where TLoss : struct, IElementLoss
{
    private static readonly MethodInfo s_kernel =
        TensorKernels.Method(typeof(ElementLoss), nameof(ElementLoss.Forward)).MakeGenericMethod(typeof(TLoss));

    /// <param name="tape">Records the operation.</param>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">Of the same shape.</param>
    /// <param name="weights">One a row, one an element, or null.</param>
    /// <param name="settings">One for all elements, or one a column.</param>
    /// <param name="where">Begins errors.</param>
    public static Tensor Forward(Tape tape, Tensor prediction, Tensor target, float[]? weights, float[] settings, string where)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(prediction, where);
        tape.Require(target, where);
        ShapeCheck.RequireSame(prediction, target, where);
        bool byColumn = settings.Length != 1;
        TargetWeights form = TargetWeights.Of(weights, prediction, byColumn, where);
        if (byColumn && settings.Length != form.Columns)
        {
            throw new ShapeException(
                $"{where}: {settings.Length} numbers arrived for the columns of {Tensor.Describe(prediction.Shape)}. Pass one, or one for each of the {form.Columns} columns.");
        }

        Tensor terms = tape.Allocate(prediction.Length);
        Tensor? gradient = tape.NeedsGradient(prediction) ? tape.Allocate([.. prediction.Shape]) : null;
        TensorKernels.Launch(
            tape.Device,
            s_kernel,
            new Index2D(form.Columns, form.Rows),
            prediction.View,
            target.View,
            TargetWeights.Upload(tape, weights, target.View),
            TargetWeights.Upload(tape, byColumn ? settings : null, target.View),
            terms.View,
            gradient?.View ?? terms.View,
            form.Columns,
            form.Form,
            byColumn ? 1 : 0,
            gradient is null ? 0 : 1,
            byColumn ? 0.0f : settings[0],
            (float)(1.0 / form.Sum));
        return MeanLoss.Finish(tape, prediction, terms, gradient, form.Sum);
    }
}
