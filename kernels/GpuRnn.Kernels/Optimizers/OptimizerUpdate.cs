using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>One step of an optimizer over an array; the formula stands on the rule.</summary>
public static class OptimizerUpdate
{
    /// <summary>The kernels that the library uses: one for each rule.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() =>
        new[]
        {
            typeof(SgdRule<F32>), typeof(AdagradRule<F32>), typeof(AdadeltaRule<F32>), typeof(RmsPropRule<F32>), typeof(RpropRule<F32>), typeof(AdamRule<F32>),
        }.Select(rule => typeof(OptimizerUpdate).GetMethod(nameof(Update))!.MakeGenericMethod(rule));

    /// <summary>Updates parameters and what is kept between steps.</summary>
    /// <remarks>Threads: one an element. Aliasing: none among arrays that are used. Memory is the limit, so that what a rule does not keep is not read.</remarks>
    public static void Update<TRule>(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> parameters,  // [n]; changed
        ArrayView1D<float, Stride1D.Dense> gradients,   // [n]
        ArrayView1D<float, Stride1D.Dense> firsts,      // [n]; changed, where momentCount is at least 1, else not used
        ArrayView1D<float, Stride1D.Dense> seconds,     // [n]; changed, where momentCount is 2, else not used
        int momentCount,
        Penalty<F32> penalty,
        TRule rule)
        where TRule : struct, IUpdateRule<TRule, F32>
    {
        F32 parameter = new(parameters[index]);
        F32 gradient = Penalty<F32>.Apply(penalty, ref parameter, new F32(gradients[index]));
        F32 first = F32.Zero;
        F32 second = F32.Zero;
        if (momentCount > 0)
        {
            first = new F32(firsts[index]);
        }

        if (momentCount > 1)
        {
            second = new F32(seconds[index]);
        }

        TRule.Apply(rule, ref parameter, gradient, ref first, ref second);
        parameters[index] = parameter.Value;
        if (momentCount > 0)
        {
            firsts[index] = first.Value;
        }

        if (momentCount > 1)
        {
            seconds[index] = second.Value;
        }
    }
}
