namespace GpuRnn.Kernels.Tests.Ilgpu;

/// <summary>The fused multiply-add that kernels use where they are compiled against ILGPU.</summary>
public sealed class MathFTests
{
    [Fact]
    public void FusedMultiplyAdd_RandomBits_RoundsOnce()
    {
        System.Random random = new(1);
        for (int i = 0; i < 300_000; i++)
        {
            AssertRoundsOnce(RandomFloat(random), RandomFloat(random), RandomFloat(random));
        }
    }

    [Fact]
    public void FusedMultiplyAdd_SumsNextToATie_RoundsOnce()
    {
        // Products that lie half-way between two floats; a z below the last place of a double decides. Two roundings lose it.
        System.Random random = new(2);
        for (int i = 0; i < 300_000; i++)
        {
            float x = 1f + (((2 * random.Next(256)) + 1) / 4096f);
            float y = 1f + (((2 * random.Next(256)) + 1) / 4096f);
            float z = MathF.ScaleB(random.Next(2) == 0 ? 1f : -1f, -random.Next(50, 100));
            AssertRoundsOnce(x, y, z);
        }
    }

    [Theory]
    [InlineData(1.0000001f, 16777218f, 1.4210855e-14f)]
    [InlineData(float.PositiveInfinity, 0f, 1f)]
    [InlineData(float.MaxValue, 2f, float.NegativeInfinity)]
    [InlineData(float.Epsilon, 0.5f, 0f)]
    [InlineData(float.Epsilon, 0.5f, float.Epsilon)]
    [InlineData(1f, -1f, 1f)]
    [InlineData(0f, -1f, 0f)]
    [InlineData(float.NaN, 1f, 1f)]
    public void FusedMultiplyAdd_Corners_RoundsOnce(float x, float y, float z) => AssertRoundsOnce(x, y, z);

    private static void AssertRoundsOnce(float x, float y, float z)
    {
        float expected = MathF.FusedMultiplyAdd(x, y, z);
        float actual = Kernels.Ilgpu.MathF.FusedMultiplyAdd(x, y, z);
        Assert.True(
            BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual) || (float.IsNaN(expected) && float.IsNaN(actual)),
            $"{x:R} * {y:R} + {z:R}: expected {expected:R}, got {actual:R}");
    }

    private static float RandomFloat(System.Random random)
    {
        // Exponents near each other, so that sums cancel and round.
        int exponent = random.Next(8) == 0 ? random.Next(0, 255) : random.Next(97, 157);
        return BitConverter.UInt32BitsToSingle(((uint)random.Next() & 0x807FFFFFu) | ((uint)random.Next(2) << 31) | ((uint)exponent << 23));
    }
}
