using GpuRnn.KernelModel;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Compiler.Tests;

/// <summary>Kernels over vectors, one for each group of operations; a work-item takes as many numbers as a vector has.</summary>
public static class VectorKernels
{
    /// <summary>Sums, products, quotients, one rounding, signs and comparisons.</summary>
    public static void Arithmetic<TCount>(
        Index1D index, ArrayView<float> a, ArrayView<float> b, ArrayView<float> result, int length)
        where TCount : struct, ILaneCount
    {
        int at = index * TCount.Count;
        FloatVector<TCount> x = FloatVector<TCount>.LoadFirst(a, at, length - at);
        FloatVector<TCount> y = FloatVector<TCount>.LoadFirst(b, at, length - at);
        FloatVector<TCount> quotient = (x - y) / FloatVector<TCount>.MultiplyAdd(x, y, FloatVector<TCount>.Broadcast(3.5f));
        FloatVector<TCount> root = FloatVector<TCount>.Sqrt(FloatVector<TCount>.Abs(x * y));
        FloatVector<TCount> chosen = FloatVector<TCount>.SelectGreater(x, y, quotient, -root);
        FloatVector<TCount>.StoreFirst(result, at, length - at, chosen + FloatVector<TCount>.Broadcast(length));
    }

    /// <summary>Integers: wrapping, shifts, bits, conversion.</summary>
    public static void Integers<TCount>(Index1D index, ArrayView<float> a, ArrayView<float> result, int length, int shift)
        where TCount : struct, ILaneCount
    {
        int at = index * TCount.Count;
        IntVector<TCount> bits = FloatVector<TCount>.AsInt(FloatVector<TCount>.LoadFirst(a, at, length - at));
        IntVector<TCount> wrapped = (bits * IntVector<TCount>.Broadcast(747796405)) + (bits << shift);
        IntVector<TCount> mixed = ((wrapped >> (shift + 32)) ^ bits) - (IntVector<TCount>.Broadcast(-7) & (wrapped | bits));
        FloatVector<TCount> value = FloatVector<TCount>.FromInt(mixed) + FloatVector<TCount>.FromBits(bits);
        FloatVector<TCount>.StoreFirst(result, at, length - at, value);
    }

    /// <summary>Elements by known and by unknown index, and vectors that live across a loop and a condition.</summary>
    public static void Elements<TCount>(Index1D index, ArrayView<float> a, ArrayView<float> result, int length)
        where TCount : struct, ILaneCount
    {
        int at = index * TCount.Count;
        FloatVector<TCount> value = FloatVector<TCount>.LoadFirst(a, at, length - at);
        FloatVector<TCount> turned = FloatVector<TCount>.Broadcast(-1f);
        IntVector<TCount> places = IntVector<TCount>.Broadcast(0);
        for (int i = 0; i < TCount.Count; i++)
        {
            turned = FloatVector<TCount>.WithElement(turned, i + 3, FloatVector<TCount>.Element(value, i));
            places = IntVector<TCount>.WithElement(places, i, IntVector<TCount>.Element(places, i - 1) + i);
        }

        if (FloatVector<TCount>.Element(value, 1) > 0f)
        {
            turned = turned * turned;
        }

        FloatVector<TCount>.StoreFirst(result, at, length - at, turned + FloatVector<TCount>.FromInt(places));
    }

    /// <summary>A private array of vectors, indexed by what is not known.</summary>
    public static void Arrays<TCount>(Index1D index, ArrayView<float> a, ArrayView<float> result, int length)
        where TCount : struct, ILaneCount
    {
        int at = index * TCount.Count;
        ArrayView<FloatVector<TCount>> kept = LocalMemory.Allocate<FloatVector<TCount>>(3);
        for (int i = 0; i < 3; i++)
        {
            kept[(i + length) % 3] = FloatVector<TCount>.LoadFirst(a, at, length - at - i);
        }

        FloatVector<TCount>.StoreFirst(result, at, length - at, kept[0] + (kept[1] * kept[2]));
    }

    /// <summary>The transcendental functions over a vector.</summary>
    public static void Functions<TCount>(Index1D index, ArrayView<float> a, ArrayView<float> result, int length)
        where TCount : struct, ILaneCount
    {
        int at = index * TCount.Count;
        F32Vector<TCount> x = F32Vector<TCount>.LoadFirst(a, at, length - at);
        F32Vector<TCount> sum = F32Vector<TCount>.Tanh(x) + (F32Vector<TCount>.Sigmoid(x) * F32Vector<TCount>.Log(F32Vector<TCount>.Abs(x)));
        F32Vector<TCount>.StoreFirst(result, at, length - at, sum + F32Vector<TCount>.Exp(F32Vector<TCount>.Min(x, F32Vector<TCount>.One)));
    }

    /// <summary><see cref="Functions{TCount}"/> on one number.</summary>
    public static void ScalarFunctions(Index1D index, ArrayView<float> a, ArrayView<float> result)
    {
        F32 x = new(a[index]);
        F32 sum = F32.Tanh(x) + (F32.Sigmoid(x) * F32.Log(F32.Abs(x)));
        result[index] = (sum + F32.Exp(F32.Min(x, F32.One))).Value;
    }

    /// <summary>How a vector lies in memory is the device's business, so no kernel takes a view of them.</summary>
    public static void TakesVectors(Index1D index, ArrayView<FloatVector<Lanes4>> vectors) => vectors[index] = FloatVector<Lanes4>.Broadcast(1f);
}
