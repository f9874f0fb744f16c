using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Random;

/// <summary>The counter-based generator Philox4x32-10: four random words for each pair of key and counter, without any state.</summary>
/// <remarks>
/// Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3". Integer arithmetic alone, so that every
/// device draws the same words, and a backward pass draws the forward pass's words again instead of keeping them.
/// </remarks>
public static class Philox
{
    private const uint FirstMultiplier = 0xD2511F53;
    private const uint SecondMultiplier = 0xCD9E8D57;
    private const uint FirstKeyStep = 0x9E3779B9;
    private const uint SecondKeyStep = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>Replaces the four words of the counter by four random words.</summary>
    /// <param name="word0">Counter, lowest word; then the first random word.</param>
    /// <param name="word1">Counter, second word; then the second random word.</param>
    /// <param name="word2">Counter, third word; then the third random word.</param>
    /// <param name="word3">Counter, highest word; then the fourth random word.</param>
    /// <param name="key0">Key, low word.</param>
    /// <param name="key1">Key, high word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Draw(ref uint word0, ref uint word1, ref uint word2, ref uint word3, uint key0, uint key1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong first = (ulong)FirstMultiplier * word0;
            ulong second = (ulong)SecondMultiplier * word2;
            uint next0 = (uint)(second >> 32) ^ word1 ^ key0;
            uint next2 = (uint)(first >> 32) ^ word3 ^ key1;
            word1 = (uint)second;
            word3 = (uint)first;
            word0 = next0;
            word2 = next2;
            key0 = unchecked(key0 + FirstKeyStep);
            key1 = unchecked(key1 + SecondKeyStep);
        }
    }
}
