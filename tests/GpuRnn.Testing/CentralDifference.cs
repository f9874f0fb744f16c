using GpuRnn.Accuracy;

namespace GpuRnn.Testing;

/// <summary>Numerical gradients in double, the witness of <see cref="Tolerances.GradientCheck"/>.</summary>
public static class CentralDifference
{
    /// <summary>The gradient of a scalar function with respect to <paramref name="point"/>, one element at a time.</summary>
    /// <param name="point">Read by <paramref name="loss"/>; each element is moved and put back.</param>
    /// <param name="loss">Evaluates the function at the present contents of <paramref name="point"/>.</param>
    /// <param name="step">
    /// h of (f(x + h) - f(x - h)) / 2h. At 1e-5 the truncation error is near 1e-10 * |f'''| and the rounding error near 1e-11 * |f|.
    /// The function must have no kink within h times the gain from the element to the kink.
    /// </param>
    public static double[] Gradient(double[] point, Func<double> loss, double step = 1e-5)
    {
        double[] gradient = new double[point.Length];
        for (int i = 0; i < point.Length; i++)
        {
            double original = point[i];
            double above = original + step;
            double below = original - step;
            point[i] = above;
            double lossAbove = loss();
            point[i] = below;
            double lossBelow = loss();
            point[i] = original;

            // Divides by the step really taken: original ± step is rounded.
            gradient[i] = (lossAbove - lossBelow) / (above - below);
        }

        return gradient;
    }
}
