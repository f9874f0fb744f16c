using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>A loss over an array, with its gradient in the same launch; the formula stands on the loss itself.</summary>
/// <remarks>The terms are added by <see cref="GpuRnn.Kernels.Reductions.Sum"/>.</remarks>
public static class ElementLoss
{
    /// <summary>terms = weight · Value; gradients = scale · weight · Derivative.</summary>
    /// <remarks>
    /// Threads: index.X is the column, index.Y the row; one thread, one element. Aliasing: terms and gradients may be any of the arrays that are
    /// read element by element. For a mean the scale is 1 / Σ weights; the gradient of the loss is then a factor that is usually 1.
    /// </remarks>
    public static void Forward<TLoss>(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> predictions,  // [rows, columns]
        ArrayView1D<float, Stride1D.Dense> targets,      // [rows, columns]
        ArrayView1D<float, Stride1D.Dense> weights,      // as weightForm says
        ArrayView1D<float, Stride1D.Dense> settings,     // [columns] where settingsByColumn is 1, else not read
        ArrayView1D<float, Stride1D.Dense> terms,        // [rows, columns]; set
        ArrayView1D<float, Stride1D.Dense> gradients,    // [rows, columns]; set where wantsGradient is 1, else left alone
        int columns,
        int weightForm,                                  // see LossWeights
        int settingsByColumn,
        int wantsGradient,
        float setting,                                   // of all columns where settingsByColumn is 0
        float scale)
        where TLoss : struct, IElementLoss
    {
        int element = (index.Y * columns) + index.X;
        F32 weight = new(LossWeights.At(weights, weightForm, index.Y, element));
        F32 prediction = new(predictions[element]);
        F32 target = new(targets[element]);
        F32 shape = new(settingsByColumn != 0 ? settings[index.X] : setting);
        terms[element] = LossWeights.Apply(weight, TLoss.Value(prediction, target, shape)).Value;
        if (wantsGradient != 0)
        {
            F32 derivative = TLoss.Derivative(prediction, target, shape);
            gradients[element] = LossWeights.Apply(weight, new F32(scale) * derivative).Value;
        }
    }
}
