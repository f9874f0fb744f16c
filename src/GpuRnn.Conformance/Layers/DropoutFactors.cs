using GpuRnn.Kernels.Random;

namespace GpuRnn.Conformance.Layers;

/// <summary>The factors of dropout, drawn again on the host from the same stream.</summary>
/// <remarks>Element e takes word e mod 4 of block firstBlock + e / 4, and is dropped where its upper 24 bits are below p · 2^24.</remarks>
internal static class DropoutFactors
{
    private const int WordsPerBlock = 4;

    /// <summary>0 or 1/(1 − p), as the device rounds it, for each element.</summary>
    public static double[] Draw(ulong seed, long firstBlock, int count, float probability)
    {
        return Draw(seed, firstBlock, count, probability, 1.0f / (1.0f - probability));
    }

    /// <summary>0 or the factor of what is kept, for each element.</summary>
    public static double[] Draw(ulong seed, long firstBlock, int count, float probability, float kept)
    {
        double[] factors = new double[count];
        double threshold = probability * (double)(1 << 24);
        for (int e = 0; e < count; e++)
        {
            ulong block = (ulong)(firstBlock + (e / WordsPerBlock));
            uint[] words = [(uint)block, (uint)(block >> 32), 0, 0];
            Philox.Draw(ref words[0], ref words[1], ref words[2], ref words[3], (uint)seed, (uint)(seed >> 32));
            factors[e] = (words[e % WordsPerBlock] >> 8) < threshold ? 0.0 : kept;
        }

        return factors;
    }

    /// <summary>Blocks that so many elements use.</summary>
    public static long BlockCount(int count)
    {
        return (count + WordsPerBlock - 1) / WordsPerBlock;
    }
}
