namespace GpuRnn.KernelModel.Tests;

public sealed class XMathTests
{
    [Theory]
    [InlineData(0, 4, 0, 0)]
    [InlineData(1, 4, 0, 1)]
    [InlineData(4, 4, 1, 1)]
    [InlineData(5, 4, 1, 2)]
    public void Division_OfCounts_RoundsAsNamed(int numerator, int denominator, int down, int up)
    {
        Assert.Equal(down, XMath.DivRoundDown(numerator, denominator));
        Assert.Equal(up, XMath.DivRoundUp(numerator, denominator));
    }

    [Fact]
    public void Bits_OfSmallNumbers_AreCounted()
    {
        Assert.Equal(3, XMath.PopCount(0b10110));
        Assert.Equal(27, XMath.LeadingZeroCount(0b10110));
        Assert.Equal(1, XMath.TrailingZeroCount(0b10110));
        Assert.Equal(64, XMath.LeadingZeroCount(0L));
        Assert.Equal(0, XMath.LeadingZeroCount(-1L));
    }

    [Fact]
    public void Sign_OfNaN_IsZero()
    {
        Assert.Equal(0, XMath.Sign(float.NaN));
        Assert.Equal(-1, XMath.Sign(-0.5));
        Assert.Equal(1, XMath.Sign(float.Epsilon));
    }

    [Fact]
    public void Constants_InBothWidths_AgreeWithTheirFormulas()
    {
        Assert.Equal(XMath.Log2ED, 1.0 / Math.Log(2.0), 15);
        Assert.Equal(XMath.OneOverLog2ED, Math.Log(2.0), 15);
        Assert.Equal(XMath.OneOverLn10D, 1.0 / Math.Log(10.0), 15);
        Assert.Equal(XMath.TwoOverPI, (float)(2.0 / Math.PI));
        Assert.Equal(XMath.OneOverSqrt2, (float)Math.Sqrt(0.5));
    }

    [Fact]
    public void Rounding_OfHalves_FollowsTheName()
    {
        Assert.Equal(2f, XMath.Round(2.5f));
        Assert.Equal(3.0, XMath.RoundAwayFromZero(2.5));
        Assert.Equal(2f, XMath.RoundToEven(2.5f));
        Assert.Equal(-2f, XMath.Truncate(-2.7f));
        Assert.Equal(-1f, XMath.Rem(-7f, 3f));
        Assert.Equal(2.0, XMath.IEEERemainder(8.0, 3.0) + 3.0);
    }

    [Fact]
    public void Abs_OfTheSmallestInteger_DoesNotThrow() => Assert.Equal(int.MinValue, XMath.Abs(int.MinValue));

    [Theory]
    [InlineData(0, 16, 0)]
    [InlineData(1, 16, 15)]
    [InlineData(16, 16, 0)]
    [InlineData(17, 8, 7)]
    public void Alignment_OfAnAddress_GivesTheDistanceToTheNextMultiple(long address, int alignment, int offset) =>
        Assert.Equal(offset, Interop.ComputeAlignmentOffset(address, alignment));

    [Fact]
    public void FloatBits_ThereAndBack_AreTheSame()
    {
        Assert.Equal(0x3F800000u, Interop.FloatAsInt(1f));
        Assert.Equal(-2.5, Interop.IntAsFloat(Interop.FloatAsInt(-2.5)));
        Assert.Equal(3, Interop.ComputeRelativeSizeOf<long, int>(5));
    }

    [Fact]
    public void Group_OutsideAGroupedKernel_SaysWhatIsNeeded()
    {
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => Group.IdxX);

        Assert.Equal(
            "Group.Index: called outside an explicitly grouped kernel, but it needs a group. "
            + "Launch with a KernelConfig a kernel that has no index parameter.",
            exception.Message);
    }

    [Fact]
    public void LocalMemory_WithValidation_BeginsAsNaNsOnAnAlignedAddress()
    {
        ArrayView<float> view = LocalMemory.Allocate<float>(17);

        Assert.All(Enumerable.Range(0, 17), i => Assert.True(float.IsNaN(view[i])));
        unsafe
        {
            Assert.Equal(0, (nint)view.HostPointer % 64);
        }
    }
}
