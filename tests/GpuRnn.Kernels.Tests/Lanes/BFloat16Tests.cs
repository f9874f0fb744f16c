using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tests.Lanes;

public sealed class BFloat16Tests
{
    [Fact]
    public void EveryNumber_SurvivesTheWayThroughFloat()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float value = BFloat16.FromBits((ushort)bits);
            BFloat16 back = (BFloat16)value;

            Assert.True(back.Bits == bits || (float.IsNaN(value) && float.IsNaN(back)), $"bits {bits:x4}: expected {bits:x4}, got {back.Bits:x4}.");
        }
    }

    [Theory]
    [InlineData(0x3F808000u, 0x3F80)] // a tie at an even number stays
    [InlineData(0x3F818000u, 0x3F82)] // a tie at an odd number goes up
    [InlineData(0x3F808001u, 0x3F81)]
    [InlineData(0x3F807FFFu, 0x3F80)]
    [InlineData(0x7F7FFFFFu, 0x7F80)] // the largest float is nearer to what would follow the largest number
    [InlineData(0xFF7F7FFFu, 0xFF7F)]
    [InlineData(0x7F800001u, 0x7FC0)] // a NaN with its bits in the lower half
    [InlineData(0x80000001u, 0x8000)]
    public void Conversion_RoundsToNearestEven(uint single, int expected) =>
        Assert.Equal(expected, ((BFloat16)BitConverter.UInt32BitsToSingle(single)).Bits);
}
