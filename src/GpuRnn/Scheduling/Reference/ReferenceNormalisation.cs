using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Reference;

/// <summary>A normalisation over the units of a row or the rows of a step, in double precision.</summary>
/// <remarks>
/// <para>
/// Forward: with m and v the mean and the mean squared difference of x over the n elements of the axis, x̂ = (x − m) / √(v + ε) and
/// y = gain · x̂ + shift. Sources: Ba, Kiros and Hinton (2016), "Layer normalization", equation 4, for the units of a row; Cooijmans et al. (2016),
/// "Recurrent batch normalization", equation 5, for the rows of a step. A batch also moves the running mean and variance of its step:
/// s ← s + momentum (batch − s), with the same v; frozen, these take the place of m and v.
/// </para>
/// <para>
/// Backward, with g = gain · dL/dy: dL/dx = (g − mean(g) − x̂ mean(g x̂)) / √(v + ε), means over the axis; frozen, g / √(v + ε).
/// dL/dgain = Σ x̂ dL/dy and dL/dshift = Σ dL/dy over all rows and steps.
/// </para>
/// </remarks>
internal static class ReferenceNormalisation
{
    /// <summary>Normalises the rows first..end of one step.</summary>
    public static void Forward(ReferenceSequencePass pass, NormalisationNode node, int first, int end, int order)
    {
        (double[] normalised, double[] factors) = pass.Normalised[node];
        foreach ((int Row, int Column)[] vector in Vectors(node, first, end))
        {
            double[] x = [.. vector.Select(at => Source(pass, node)[SourceIndex(pass, node, at.Row, at.Column)])];
            double mean = x.Average();
            double variance = x.Average(value => (value - mean) * (value - mean));
            if (node.Statistics is StepStatistics statistics)
            {
                int element = node.StatisticsElement(order) + vector[0].Column;
                double[] means = pass.NewStatistics[pass.Graph.Statistics[statistics.Mean].Name];
                double[] variances = pass.NewStatistics[pass.Graph.Statistics[statistics.Variance].Name];
                if (statistics.IsFrozen)
                {
                    (mean, variance) = (means[element], variances[element]);
                }
                else
                {
                    means[element] += NormalisationNode.Momentum * (mean - means[element]);
                    variances[element] += NormalisationNode.Momentum * (variance - variances[element]);
                }
            }

            double factor = 1 / Math.Sqrt(variance + NormalisationNode.Epsilon);
            for (int i = 0; i < vector.Length; i++)
            {
                (int row, int column) = vector[i];
                int index = (row * node.Width) + column;
                normalised[index] = (x[i] - mean) * factor;
                factors[index] = factor;
                double y = (pass.Vector(node.Gain)[node.FirstElement + column] * normalised[index])
                    + (node.Shift is int shift ? pass.Vector(shift)[node.FirstElement + column] : 0);
                Target(pass, node)[TargetIndex(pass, node, row, column)] = y;
            }
        }
    }

    /// <summary>The gradients of the same rows.</summary>
    public static void Backward(ReferenceSequencePass pass, ReferenceSequenceGradients gradients, NormalisationNode node, int first, int end)
    {
        (double[] normalised, double[] factors) = pass.Normalised[node];
        double[] results = node.Source switch
        {
            NormalisationSource.Inputs => gradients.Inputs,
            NormalisationSource.Products => gradients.Products,
            _ => gradients.Values[node.Target],
        };
        foreach ((int Row, int Column)[] vector in Vectors(node, first, end))
        {
            double[] y = [.. vector.Select(at => results[TargetIndex(pass, node, at.Row, at.Column)])];
            double[] x = [.. vector.Select(at => normalised[(at.Row * node.Width) + at.Column])];
            double[] g = [.. vector.Select((at, i) => y[i] * pass.Vector(node.Gain)[node.FirstElement + at.Column])];
            bool isFrozen = node.Statistics is { IsFrozen: true };
            double mean = isFrozen ? 0 : g.Average();
            double product = isFrozen ? 0 : g.Zip(x, (left, right) => left * right).Average();
            for (int i = 0; i < vector.Length; i++)
            {
                (int row, int column) = vector[i];
                double gradient = (g[i] - mean - (x[i] * product)) * factors[(row * node.Width) + column];
                Add(gradients, pass, node.Gain, node.FirstElement + column, y[i] * x[i]);
                if (node.Shift is int shift)
                {
                    Add(gradients, pass, shift, node.FirstElement + column, y[i]);
                }

                if (node.IsInPlace)
                {
                    results[TargetIndex(pass, node, row, column)] = gradient;
                }
                else if (node.Source == NormalisationSource.State)
                {
                    gradients.States[node.First][pass.StateIndex(node.First, row, column)] += gradient;
                }
                else
                {
                    gradients.Values[node.First][pass.ValueIndex(node.First, row, column)] += gradient;
                }
            }
        }
    }

    private static void Add(ReferenceSequenceGradients gradients, ReferenceSequencePass pass, int parameter, int element, double value)
    {
        gradients.Parameters[pass.Graph.Parameters[parameter].Name][element] += value;
    }

    /// <summary>The elements that share a mean and a variance, for each such set.</summary>
    private static IEnumerable<(int Row, int Column)[]> Vectors(NormalisationNode node, int first, int end)
    {
        return node.Axis == ReductionAxis.Row
            ? Enumerable.Range(first, end - first).Select(row => Enumerable.Range(0, node.Width).Select(column => (row, column)).ToArray())
            : Enumerable.Range(0, node.Width).Select(column => Enumerable.Range(first, end - first).Select(row => (row, column)).ToArray());
    }

    private static double[] Source(ReferenceSequencePass pass, NormalisationNode node)
    {
        return node.IsInPlace ? Target(pass, node) : node.Source == NormalisationSource.State ? pass.States[node.First] : pass.Values[node.First];
    }

    private static int SourceIndex(ReferenceSequencePass pass, NormalisationNode node, int row, int column)
    {
        return node.IsInPlace ? TargetIndex(pass, node, row, column)
            : node.Source == NormalisationSource.State ? pass.StateIndex(node.First, row, column)
            : pass.ValueIndex(node.First, row, column);
    }

    private static double[] Target(ReferenceSequencePass pass, NormalisationNode node)
    {
        return node.Source switch
        {
            NormalisationSource.Inputs => pass.Inputs,
            NormalisationSource.Products => pass.Products,
            _ => pass.Values[node.Target],
        };
    }

    private static int TargetIndex(ReferenceSequencePass pass, NormalisationNode node, int row, int column)
    {
        return node.Source switch
        {
            NormalisationSource.Inputs => pass.InputIndex(node.First, row, column),
            NormalisationSource.Products => pass.ProductIndex(node.First, row, column),
            _ => pass.ValueIndex(node.Target, row, column),
        };
    }
}
