using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel.Tests;

public sealed unsafe class ArrayViewTests
{
    [Fact]
    public unsafe void AsAligned_ViewThatBeginsElsewhere_NamesTheDistance()
    {
        byte[] memory = GC.AllocateArray<byte>(64, pinned: true);
        fixed (byte* first = memory)
        {
            byte* aligned = (byte*)(((nint)first + 15) & -16);
            ArrayView<float> view = new(memory, (float*)aligned, 8);
            Assert.Equal(7, view.AsAligned(16).SubView(1).Length);

            ArgumentException error = Assert.Throws<ArgumentException>(() => new ArrayView<float>(memory, (float*)aligned + 1, 7).AsAligned(16));

            Assert.Equal(
                "ArrayView.AsAligned: the view begins 4 bytes behind a multiple of 16, but a multiple was needed. Begin the view elsewhere, or do not call "
                + "it aligned.",
                error.Message);
        }
    }

    [Fact]
    public void Structure_OfAView_IsThreeWords() => Assert.Equal(24, Unsafe.SizeOf<ArrayView<float>>());

    [Fact]
    public void Item_ReadAndWrite_ReachesTheElement()
    {
        int[] memory = Numbers(5);
        fixed (int* pointer = memory)
        {
            ArrayView<int> view = new(null, pointer, 5);
            view[2] = 70;
            view[(Index1D)3] += 1;
            view[4L] = 90;

            Assert.Equal([0, 1, 70, 4, 90], memory);
            Assert.Equal(0, view[0]);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(long.MaxValue)]
    public void Item_OutOfBoundsWithValidation_NamesIndexAndLength(long index)
    {
        fixed (float* pointer = new float[5])
        {
            ArrayView<float> view = new(null, pointer, 5);
            IndexOutOfRangeException exception = Assert.Throws<IndexOutOfRangeException>(() => view[index]);

            Assert.Equal(
                $"ArrayView<Single>: index {index} arrived, but the view has length 5, so 0 to 4 was needed. "
                + "Check the kernel's index arithmetic or the extent of its launch.",
                exception.Message);
        }
    }

    [Fact]
    public void Item_OwnerWasFreed_SaysSo()
    {
        fixed (float* pointer = new float[1])
        {
            ArrayView<float> view = new(new DeadSource(), pointer, 1);
            ObjectDisposedException exception = Assert.Throws<ObjectDisposedException>(() => view[0]);

            Assert.Contains("ArrayView: its memory, a dead buffer, was disposed, but a live buffer was needed.", exception.Message);
        }
    }

    [Fact]
    public void SubView_InsideAView_StartsAtItsIndex()
    {
        fixed (int* pointer = Numbers(10))
        {
            ArrayView<int> view = new ArrayView<int>(null, pointer, 10).SubView(3, 4);

            Assert.Equal(4, view.Length);
            Assert.Equal(3, view[0]);
            Assert.Equal(6, view[3]);
            Assert.Equal(2, view.SubView(2).Length);
            Assert.Equal(0, view.SubView(4).Length);
        }
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(9, 2)]
    [InlineData(0, -1)]
    public void SubView_OutsideWithValidation_NamesStartAndLength(int start, int length)
    {
        fixed (int* pointer = Numbers(10))
        {
            ArrayView<int> view = new(null, pointer, 10);
            ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => view.SubView(start, length));

            Assert.StartsWith(
                $"ArrayView.SubView: start {start} and length {length} arrived, but they must lie inside a view of length 10.", exception.Message);
        }
    }

    [Fact]
    public void Cast_ToAWiderElement_LeavesOutTheRemainder()
    {
        fixed (int* pointer = Numbers(5))
        {
            ArrayView<long> view = new ArrayView<int>(null, pointer, 5).Cast<long>();

            Assert.Equal(2, view.Length);
            Assert.Equal((3L << 32) + 2, view[1]);
        }
    }

    [Fact]
    public void Empty_OfAnyType_HasNothing()
    {
        Assert.False(ArrayView<float>.Empty.IsValid);
        Assert.Equal(0, ArrayView<float>.Empty.Length);
        Assert.Throws<IndexOutOfRangeException>(() => ArrayView<float>.Empty[0]);
    }

    [Fact]
    public void Strided_EveryThirdElement_IsReached()
    {
        fixed (int* pointer = Numbers(10))
        {
            ArrayView1D<int, Stride1D.General> view = new(new ArrayView<int>(null, pointer, 10), 4, new Stride1D.General(3));

            Assert.Equal([0, 3, 6, 9], Enumerable.Range(0, 4).Select(i => view[i]));
            Assert.Equal(6, view.SubView(1, 2)[1]);
            Assert.Throws<IndexOutOfRangeException>(() => view[4]);
            Assert.Throws<InvalidOperationException>(() => view.AsDense());
            Assert.Throws<ArgumentOutOfRangeException>(() => new ArrayView1D<int, Stride1D.General>(view.BaseView, 5, new Stride1D.General(3)));
        }
    }

    [Fact]
    public void Matrix_BothOrders_AgreeWithPlainArithmetic()
    {
        fixed (int* pointer = Numbers(15))
        {
            ArrayView1D<int, Stride1D.Dense> view = new ArrayView<int>(null, pointer, 15);
            ArrayView2D<int, Stride2D.DenseY> rows = view.As2DDenseYView(new LongIndex2D(3, 5));
            ArrayView2D<int, Stride2D.DenseX> columns = view.As2DDenseXView(new LongIndex2D(3, 5));

            for (int x = 0; x < 3; x++)
            {
                for (int y = 0; y < 5; y++)
                {
                    Assert.Equal((x * 5) + y, rows[x, y]);
                    Assert.Equal(x + (y * 3), columns[new Index2D(x, y)]);
                    Assert.Equal(rows[x, y], rows.AsGeneral()[x, y]);
                }
            }

            Assert.Equal(rows[1, 2], rows.SubView(new Index2D(1, 2), new Index2D(2, 3))[0, 0]);
            Assert.Equal(rows[2, 4], rows.SubView(new Index2D(1, 2), new Index2D(2, 3))[1, 2]);
        }
    }

    [Fact]
    public void Matrix_ColumnPastItsEnd_IsRefusedThoughTheElementExists()
    {
        fixed (int* pointer = Numbers(15))
        {
            ArrayView2D<int, Stride2D.DenseY> rows = new(new ArrayView<int>(null, pointer, 15), new LongIndex2D(3, 5), new Stride2D.DenseY(5));
            IndexOutOfRangeException exception = Assert.Throws<IndexOutOfRangeException>(() => rows[0, 5]);

            Assert.Equal(
                "ArrayView: index (0, 5) arrived, but the view has extent (3, 5). Check the kernel's index arithmetic or the extent of its launch.",
                exception.Message);
        }
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(1, 1)]
    [InlineData(0, 4)]
    [InlineData(7, 0)]
    public void Stride_BufferLengthAndInverse_FitEveryPosition(int extentX, int extentY)
    {
        Index2D extent = new(extentX, extentY);
        Stride2D.DenseX columns = Stride2D.DenseX.FromExtent(extent);
        Stride2D.DenseY rows = Stride2D.DenseY.FromExtent(extent);
        Stride2D.General padded = new(new Index2D(1, extentX + 2));

        Assert.Equal(extentX * extentY, columns.ComputeBufferLength(extent));
        Assert.Equal(extentX * extentY, rows.ComputeBufferLength(extent));
        for (int i = 0; i < extent.Size; i++)
        {
            Index2D position = new(i % extentX, i / extentX);
            Assert.Equal(position, columns.ReconstructFromElementIndex(columns.ComputeElementIndex(position)));
            Assert.Equal(position, rows.ReconstructFromElementIndex(rows.ComputeElementIndex(position)));
            Assert.Equal(position, padded.ReconstructFromElementIndex(padded.ComputeElementIndex(position)));
        }
    }

    private static int[] Numbers(int count) => [.. Enumerable.Range(0, count)];

    private sealed class DeadSource : IViewSource
    {
        public bool IsAlive => false;

        public string Description => "a dead buffer";
    }
}
