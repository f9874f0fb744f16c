namespace GpuRnn.KernelModel.Tests;

public sealed class IndexTests
{
    [Fact]
    public void Arithmetic_TwoIndices_WorksOnEachComponent()
    {
        Index3D first = new(7, 10, 21);
        Index3D second = new(2, 5, 4);

        Assert.Equal(new Index3D(9, 15, 25), first + second);
        Assert.Equal(new Index3D(5, 5, 17), first - second);
        Assert.Equal(new Index3D(14, 50, 84), first * second);
        Assert.Equal(new Index3D(3, 2, 5), first / second);
        Assert.Equal(new Index3D(2, 5, 4), Index3D.Min(first, second));
        Assert.Equal(new Index3D(7, 10, 21), Index3D.Max(first, second));
    }

    [Fact]
    public void Clamp_OutsideAndInside_KeepsBothEnds()
    {
        Assert.Equal(new Index2D(1, 4), Index2D.Clamp(new Index2D(-3, 9), Index2D.One, new Index2D(4, 4)));
        Assert.Equal((Index1D)3, Index1D.Clamp(3, 0, 3));
    }

    [Fact]
    public void Size_LargeExtent_DoesNotOverflowInLongSize()
    {
        Index3D extent = new(2048, 2048, 2048);

        Assert.Equal(8_589_934_592L, extent.LongSize);
        Assert.Equal(24, new Index3D(2, 3, 4).Size);
        Assert.Equal(0, new Index2D(5, 0).Size);
    }

    [Fact]
    public void InBounds_EveryComponent_IsChecked()
    {
        Index3D extent = new(2, 3, 4);

        Assert.True(new Index3D(1, 2, 3).InBounds(extent));
        Assert.False(new Index3D(2, 2, 3).InBounds(extent));
        Assert.False(new Index3D(1, 3, 3).InBounds(extent));
        Assert.False(new Index3D(1, 2, 4).InBounds(extent));
        Assert.False(new Index3D(-1, 0, 0).InBounds(extent));
        Assert.True(extent.InBoundsInclusive(extent));
        Assert.False(new Index3D(3, 0, 0).InBoundsInclusive(extent));
    }

    [Fact]
    public void Constants_AsNamed_HaveTheirValues()
    {
        Assert.Equal(new Index2D(-1, -1), Index2D.Invalid);
        Assert.True(Index2D.Zero.IsFirst);
        Assert.False(new Index2D(0, 1).IsFirst);
        Assert.Equal(new Index2D(1), Index2D.One);
    }

    [Fact]
    public void Conversion_BetweenWidths_KeepsTheComponents()
    {
        LongIndex3D wide = new Index3D(1, 2, 3);

        Assert.Equal(new LongIndex3D(1, 2, 3), wide);
        Assert.Equal(new Index3D(1, 2, 3), wide.ToIntIndex());
        Assert.Throws<OverflowException>(() => new LongIndex2D(1, 1L << 31).ToIntIndex());
        Assert.Throws<OverflowException>(() => new LongIndex1D(-(1L << 31) - 1).ToIntIndex());
    }

    [Fact]
    public void Parts_OfThreeDimensions_KeepTheirOrder()
    {
        Index3D index = new(1, 2, 3);
        (int x, int y, int z) = index;

        Assert.Equal((1, 2, 3), (x, y, z));
        Assert.Equal(new Index2D(1, 2), index.XY);
        Assert.Equal(new Index2D(2, 3), index.YZ);
        Assert.Equal(index, new Index3D(index.XY, 3));
        Assert.Equal(index, new Index3D(1, index.YZ));
        Assert.Equal(index, (Index3D)(1, 2, 3));
    }

    [Fact]
    public void IndexType_EachStructure_NamesItself()
    {
        Assert.Equal(IndexType.Index1D, default(Index1D).IndexType);
        Assert.Equal(IndexType.Index2D, default(Index2D).IndexType);
        Assert.Equal(IndexType.Index3D, default(Index3D).IndexType);
        Assert.Equal(IndexType.LongIndex2D, default(LongIndex2D).IndexType);
        Assert.Equal(IndexType.KernelConfig, default(KernelConfig).IndexType);
    }
}
