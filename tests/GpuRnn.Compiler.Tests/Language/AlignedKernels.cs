using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>Kernels whose accesses lie side by side, at multiples of their bytes and elsewhere.</summary>
public static class AlignedKernels
{
    /// <summary>A struct of four floats, read and written whole.</summary>
    public static void Structs(Index1D index, ArrayView<Quad> source, ArrayView<Quad> target)
    {
        Quad read = source.AsAligned(16)[index];
        target.AsAligned(16)[index] = new Quad { First = read.Fourth, Second = read.Third * 2f, Third = read.Second + 1f, Fourth = read.First };
    }

    /// <summary>Vectors of 4 and 8, and numbers with a computed index.</summary>
    public static void Vectors(Index1D index, ArrayView<float> source, ArrayView<float> target)
    {
        ArrayView<float> from = source.AsAligned(16);
        ArrayView<float> to = target.AsAligned(16);
        FloatVector<Lanes8> all = FloatVector<Lanes8>.Load(from, 8 * index);
        FloatVector<Lanes8>.Store(to, 8 * index, all + all);
        to[8 * index] += from[(8 * index) + 3] - from[(8 * index) + 2];
    }

    /// <summary>Numbers of 64 bits in twos.</summary>
    public static void Doubles(Index1D index, ArrayView<double> source, ArrayView<double> target)
    {
        ArrayView<double> from = source.AsAligned(16);
        double first = from[2 * index];
        double second = from[(2 * index) + 1];
        target[2 * index] = second;
        target[(2 * index) + 1] = first;
    }

    /// <summary>The same view twice: a store between two loads, and a load between two stores, must keep their places.</summary>
    public static void Overlapping(Index1D index, ArrayView<int> first, ArrayView<int> second)
    {
        ArrayView<int> one = first.AsAligned(16);
        int place = 4 * index;
        int before = one[place];
        second[place + 1] = before + 7;
        int after = one[place + 1];
        one[place + 2] = after;
        int between = second[place + 2];
        one[place + 3] = between + 1;
        one[place] = second[place + 3];
    }

    /// <summary>Shared memory, whose arrays begin at multiples of 16.</summary>
    public static void Shared(ArrayView<float> source, ArrayView<float> target)
    {
        ArrayView<float> tile = SharedMemory.Allocate<float>(256);
        int first = 4 * Group.IdxX;
        for (int i = 0; i < 4; i++)
        {
            tile[first + i] = source[first + i];
        }

        // After this: everyone's numbers are there.
        Group.Barrier();
        int other = 4 * (Group.DimX - 1 - Group.IdxX);
        target[Group.IdxX] = tile[other] + (2f * tile[other + 1]) + (3f * tile[other + 2]) + (4f * tile[other + 3]) + tile[(other + 5) % 256];
    }

    /// <summary>Indices that change in loops: by multiples of four, and by one.</summary>
    public static void Loops(Index1D index, ArrayView<float> source, ArrayView<float> target)
    {
        ArrayView<float> from = source.AsAligned(16);
        ArrayView<float> to = target.AsAligned(16);
        int step = 4 * source.IntLength / 32;
        step *= 4;
        float sum = 0f;
        for (int at = 4 * index; at + 3 < source.IntLength; at += step)
        {
            sum += from[at] + (2f * from[at + 1]) + (3f * from[at + 2]) + (4f * from[at + 3]);
        }

        for (int at = 4 * index; at + 3 < source.IntLength; at += step + 1)
        {
            sum += from[at] - from[at + 1] - from[at + 2] - from[at + 3];
        }

        int place = 4 * (index % 2 == 0 ? index : index + 4);
        to[place] = sum;
        to[place + 1] = -sum;
    }

    /// <summary>Four floats.</summary>
    public struct Quad
    {
        public float First;
        public float Second;
        public float Third;
        public float Fourth;
    }
}
