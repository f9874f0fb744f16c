using GpuRnn.Kernels.Lanes;
using GpuRnn.Simd.Lanes;
using GpuRnn.Testing;

namespace GpuRnn.Simd.Tests.Lanes;

/// <summary>Every vector lane gives the bits of the scalar lane, for every operation and for special values.</summary>
public sealed unsafe class VectorLaneTests
{
    private static readonly float[] s_values = CreateValues();

    [Fact]
    public void V512_EveryOperation_GivesTheScalarLanesBits() => CheckAll<V512>();

    [Fact]
    public void V256_EveryOperation_GivesTheScalarLanesBits() => CheckAll<V256>();

    [Fact]
    public void V128_EveryOperation_GivesTheScalarLanesBits() => CheckAll<V128>();

    [Fact]
    public void V1_EveryOperation_GivesTheScalarLanesBits() => CheckAll<V1>();

    private static float[] CreateValues()
    {
        List<float> values = [0f, -0f, 1f, -1f, 1e-40f, -1e-40f, float.Epsilon, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        Random random = new(7);
        while (values.Count < 4096)
        {
            values.Add(values.Count % 3 == 0
                ? BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))
                : (random.NextSingle() - 0.5f) * MathF.Pow(10, random.Next(-6, 3)));
        }

        return [.. values];
    }

    private static void CheckAll<T>()
        where T : struct, IVectorLane<T>
    {
        Check<T>("add", (x, y, z) => x + y, (x, y, z) => x + y);
        Check<T>("subtract", (x, y, z) => x - y, (x, y, z) => x - y);
        Check<T>("multiply", (x, y, z) => x * y, (x, y, z) => x * y);
        Check<T>("divide", (x, y, z) => x / y, (x, y, z) => x / y);
        Check<T>("negate", (x, y, z) => -x, (x, y, z) => -x);
        Check<T>("multiplyAdd", T.MultiplyAdd, F32.MultiplyAdd);
        Check<T>("abs", (x, y, z) => T.Abs(x), (x, y, z) => F32.Abs(x));
        Check<T>("max", (x, y, z) => T.Max(x, y), (x, y, z) => F32.Max(x, y));
        Check<T>("min", (x, y, z) => T.Min(x, y), (x, y, z) => F32.Min(x, y));
        Check<T>("sqrt", (x, y, z) => T.Sqrt(x), (x, y, z) => F32.Sqrt(x));
        Check<T>("exp", (x, y, z) => T.Exp(x), (x, y, z) => F32.Exp(x));
        Check<T>("log", (x, y, z) => T.Log(x), (x, y, z) => F32.Log(x));
        Check<T>("tanh", (x, y, z) => T.Tanh(x), (x, y, z) => F32.Tanh(x));
        Check<T>("sigmoid", (x, y, z) => T.Sigmoid(x), (x, y, z) => F32.Sigmoid(x));
        Check<T>("select", (x, y, z) => T.SelectGreater(x, y, z, x), (x, y, z) => F32.SelectGreater(x, y, z, x));
        Check<T>("copySign", (x, y, z) => T.CopySign(x, y), (x, y, z) => F32.CopySign(x, y));
        Check<T>("constants", (x, y, z) => T.Zero + T.One + T.Constant(0.1f), (x, y, z) => F32.Zero + F32.One + F32.Constant(0.1f));
    }

    private static void Check<T>(string name, Func<T, T, T, T> vector, Func<F32, F32, F32, F32> scalar)
        where T : struct, IVectorLane<T>
    {
        float[] actual = new float[s_values.Length];
        float[] expected = new float[s_values.Length];
        int n = s_values.Length;
        float[] second = [.. s_values.Skip(n / 3), .. s_values.Take(n / 3)];
        float[] third = [.. s_values.Reverse()];
        fixed (float* x = s_values, y = second, z = third, to = actual)
        {
            for (int i = 0; i < n; i += T.Count)
            {
                T.Store(to + i, vector(T.Load(x + i), T.Load(y + i), T.Load(z + i)));
            }

            for (int i = 0; i < n; i++)
            {
                expected[i] = scalar(new F32(x[i]), new F32(y[i]), new F32(z[i])).Value;
            }
        }

        // The payload and sign of a NaN are no part of the contract.
        ElementwiseAssert.SameBits(
            expected.Select(value => float.IsNaN(value) ? float.NaN : value).ToArray(),
            actual.Select(value => float.IsNaN(value) ? float.NaN : value).ToArray(),
            $"{typeof(T).Name} {name}");
    }
}
