using GpuRnn.Devices.Sequences;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers;

/// <summary>The factors that a layer draws one after the other, drawn again on the host from its saved state.</summary>
internal sealed class DropoutStream(SavedState saved)
{
    private readonly ulong _seed = unchecked((ulong)saved.GetInteger("seed"));
    private long _nextBlock = saved.GetInteger("nextBlock");

    /// <summary>The next factors.</summary>
    public double[] Next(int count, float probability, float kept)
    {
        double[] factors = DropoutFactors.Draw(_seed, _nextBlock, count, probability, kept);
        _nextBlock += DropoutFactors.BlockCount(count);
        return factors;
    }

    /// <summary>The factors of a mask for each packed row, also where a row keeps them.</summary>
    public double[] Next(MaskNode mask, SequenceLayout layout)
    {
        if (!mask.IsPerSequence)
        {
            return Next(layout.TotalRows * mask.Width, mask.DropProbability, mask.KeptFactor);
        }

        double[] rows = Next(layout.BatchSize * mask.Width, mask.DropProbability, mask.KeptFactor);
        List<double> factors = [];
        foreach (int count in layout.RowCounts)
        {
            factors.AddRange(rows.Take(count * mask.Width));
        }

        return [.. factors];
    }
}
