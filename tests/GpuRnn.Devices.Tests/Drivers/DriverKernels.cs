using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests.Drivers;

/// <summary>Kernels that write down what reached them.</summary>
public static class DriverKernels
{
    public enum Size : byte
    {
        Small = 3,
        Large = 200,
    }

    public static void AddIndex(Index1D index, ArrayView<int> result, int offset) => result[index] += index.X + offset;

    public static void Pack2D(Index2D index, ArrayView1D<int, Stride1D.Dense> result, int width) =>
        result[(index.Y * width) + index.X] += (1000 * index.Y) + index.X + 1;

    public static void Pack3D(Index3D index, ArrayView<int> result, int x, int y) =>
        result[(((index.Z * y) + index.Y) * x) + index.X] += (10000 * index.Z) + (100 * index.Y) + index.X + 1;

    public static void Lengths(
        Index1D index,
        ArrayView<long> result,
        ArrayView<float> plain,
        ArrayView1D<float, Stride1D.General> strided,
        ArrayView2D<float, Stride2D.DenseY> rows)
    {
        result[0] = plain.Length;
        result[1] = strided.Length;
        result[2] = rows.Extent.X;
        result[3] = rows.Extent.Y;
        result[4] = (long)strided[new Index1D(2)];
        result[5] = (long)rows[new Index2D(1, 2)];
    }

    public static void Scalars(
        Index1D index,
        ArrayView<double> result,
        bool flag,
        sbyte tiny,
        byte small,
        short signed,
        ushort unsigned,
        uint word,
        long wide,
        ulong wider,
        float single,
        double real,
        Size size,
        Nested nested,
        SpecializedValue<int> constant)
    {
        result[0] = flag ? 1 : 0;
        result[1] = tiny;
        result[2] = small;
        result[3] = signed;
        result[4] = unsigned;
        result[5] = word;
        result[6] = wide;
        result[7] = wider;
        result[8] = single;
        result[9] = real;
        result[10] = (int)size;
        result[11] = nested.First;
        result[12] = nested.Inner.Second;
        result[13] = constant.Value;
        result[14] = nested.Inner.Views[1];
    }

    public static void Reverse(ArrayView<int> values)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        int place = (Grid.IdxX * Group.DimX) + Group.IdxX;
        tile[Group.IdxX] = values[place];

        // After this: the whole tile is there.
        Group.Barrier();
        values[place] = tile[Group.DimX - 1 - Group.IdxX] + (1000 * Grid.IdxX) + (100000 * Grid.DimX);
    }

    public static void ReverseInDynamicMemory(ArrayView<int> values)
    {
        ArrayView<int> tile = SharedMemory.GetDynamic<int>();
        int place = (Grid.IdxX * Group.DimX) + Group.IdxX;
        tile[Group.IdxX] = values[place];

        // After this: the whole tile is there.
        Group.Barrier();
        values[place] = tile[Group.DimX - 1 - Group.IdxX] + (1000 * tile.IntLength);
    }

    public static void FillStructs(Index1D index, ArrayView<Mixed> result)
    {
        result[index].Tiny = (byte)index.X;
        result[index].Real = -0.5 * index.X;
        result[index].Number = index.X + 7;
    }

    public static void Allocates(Index1D index, ArrayView<int> result) => result[index] = new int[3].Length;

    public record struct Mixed(byte Tiny, double Real, int Number);

    public struct Nested
    {
        public float First;
        public Inner Inner;
    }

    public struct Inner
    {
        public long Second;
        public ArrayView<int> Views;
    }
}
