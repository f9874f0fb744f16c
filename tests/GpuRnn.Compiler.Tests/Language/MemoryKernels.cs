using System.Runtime.InteropServices;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>Views of structs, views of other types over the same bytes, and parts of views.</summary>
public static class MemoryKernels
{
    /// <summary>A struct whose fields do not lie without gaps, with another one in it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Particle
    {
        public byte Kind;
        public double Mass;
        public Position Place;
        public bool IsAlive;
        public short Charge;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Position
    {
        public float X;
        public float Y;

        public readonly float Length2 => (X * X) + (Y * Y);

        public void Move(float by)
        {
            X += by;
            Y -= by;
        }
    }

    public static void Structs(Index1D index, ArrayView1D<Particle, Stride1D.Dense> particles, ArrayView1D<float, Stride1D.Dense> target)
    {
        ref Particle own = ref particles[index];
        own.Place.Move(index * 0.5f);
        own.Mass += own.Kind;
        own.IsAlive = !own.IsAlive;
        own.Charge--;
        Particle copy = own;
        copy.Place.X = 7f;
        target[index] = copy.Place.Length2 + own.Place.Length2 + (copy.IsAlive ? 1f : 2f) + copy.Charge + Twice(in own.Place) + (float)copy.Mass;
    }

    /// <summary>A struct that the run time lays out as it likes, shared by the group.</summary>
    public static void SharedStructs(ArrayView1D<float, Stride1D.Dense> target)
    {
        ArrayView<(byte Kind, (byte Small, long Wide) Inner, float Number)> shared = SharedMemory.Allocate<(byte, (byte, long), float)>(32);
        shared[Group.IdxX] = ((byte)Group.IdxX, (3, Group.IdxX * 10_000_000_000L), Group.IdxX * 0.5f);
        shared[Group.IdxX].Inner.Wide += 1;

        // After this: every struct is there.
        Group.Barrier();
        (byte kind, (byte small, long wide), float number) = shared[31 - Group.IdxX];
        target[Grid.GlobalLinearIndex] = kind + small + (wide / 1_000_000) + number;
    }

    /// <summary>The same bytes as another type, larger and smaller.</summary>
    public static void Casts(Index1D index, ArrayView1D<int, Stride1D.Dense> numbers, ArrayView1D<float, Stride1D.Dense> target)
    {
        ArrayView<byte> bytes = numbers.BaseView.Cast<byte>();
        ArrayView<long> pairs = numbers.BaseView.Cast<long>();
        ArrayView<Position> positions = target.BaseView.Cast<Position>();
        if (index < positions.IntLength)
        {
            positions[index].X = bytes[index] + bytes.IntLength + (pairs[index] >> 40) + (pairs.IsValid ? 1 : 0);
            positions[index].Y = positions[index].X - positions.IntLength;
        }
    }

    /// <summary>Windows of windows.</summary>
    public static void SubViews(Index1D index, ArrayView1D<int, Stride1D.Dense> numbers, ArrayView1D<int, Stride1D.Dense> target)
    {
        ArrayView1D<int, Stride1D.Dense> middle = numbers.SubView(2, numbers.Length - 4);
        ArrayView<int> tail = middle.BaseView.SubView(3);
        ArrayView2D<int, Stride2D.DenseY> rows = numbers.BaseView.SubView(0, 12).Cast<int>().SubView(0, 12) is { IsValid: true } view
            ? new ArrayView1D<int, Stride1D.Dense>(view, 12, default).As2DDenseYView(new LongIndex2D(3, 4))
            : default;
        target[index] = middle[0] + tail[index % 5] + rows[index % 3, 1] + (int)middle.Extent.X + tail.IntLength + (rows.SubView((1, 1), (2, 2))[1, 0] * 3);
    }

    /// <summary>Memory of the work-item itself, indexed by what is known only at run time.</summary>
    public static void LocalArrays(Index1D index, ArrayView1D<int, Stride1D.Dense> numbers, ArrayView1D<int, Stride1D.Dense> target)
    {
        ArrayView<int> counts = LocalMemory.Allocate<int>(7);
        ArrayView<Position> places = LocalMemory.Allocate<Position>(3);
        for (int i = 0; i < counts.IntLength; i++)
        {
            counts[i] = i * i;
        }

        for (int i = 0; i < 20; i++)
        {
            counts[(int)((uint)numbers[(index + i) % numbers.IntLength] % 7u)] += i;
        }

        for (int i = 0; i < 3; i++)
        {
            places[i].X = i;
            places[i].Y = counts[i];
        }

        places[index % 3].Move(2f);
        target[index] = counts[0] + (counts[index % 7] * 31) + (int)places[index % 3].Length2;
    }

    private static float Twice(in Position position) => position.X + position.X;
}
