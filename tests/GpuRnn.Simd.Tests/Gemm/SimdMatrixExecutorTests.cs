using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Gemm;
using GpuRnn.Simd.Lanes;
using GpuRnn.Testing;

namespace GpuRnn.Simd.Tests.Gemm;

/// <summary>The packed product against sums in double, element by element, with guard elements around every row of C.</summary>
public sealed class SimdMatrixExecutorTests
{
    private const float Guard = 12345f;

    public static TheoryData<int, int, int> Sizes()
    {
        TheoryData<int, int, int> data = [];
        int[] sizes = [1, 2, 5, 7, 16, 17, 63, 64, 65];
        foreach (int m in sizes)
        {
            foreach (int n in sizes)
            {
                data.Add(m, n, ((m * 31) + (n * 17)) % 90);
            }
        }

        data.Add(3, 5, 0);
        data.Add(97, 70, 255);
        data.Add(97, 70, 256);
        data.Add(200, 131, 613);
        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Multiply_EveryOption_AgreesWithSumsInDouble(int m, int n, int k)
    {
        for (int options = 0; options < 16; options++)
        {
            bool transposeA = (options & 1) != 0;
            bool transposeB = (options & 2) != 0;
            bool accumulate = (options & 4) != 0;
            bool hasBias = (options & 8) != 0;
            Check<V512>(m, n, k, transposeA, transposeB, accumulate, hasBias);
            Check<V256>(m, n, k, transposeA, transposeB, accumulate, hasBias);
            Check<V128>(m, n, k, transposeA, transposeB, accumulate, hasBias);
            Check<V1>(m, n, k, transposeA, transposeB, accumulate, hasBias);
        }
    }

    [Fact]
    public void Multiply_OneAndManyThreads_GiveTheSameBits()
    {
        float[] one = Product(1);
        float[] many = Product(3);
        ElementwiseAssert.SameBits(one, many, "product on 1 and on 3 threads");
    }

    [Fact]
    public void Multiply_OverwritesNaN_WhenItDoesNotAccumulate()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        using SimdMatrixExecutor<V256> executor = new(device);
        using DeviceBuffer<float> a = Filled(device, 12, 1);
        using DeviceBuffer<float> b = Filled(device, 12, 2);
        using DeviceBuffer<float> c = device.Allocate<float>(16);
        c.CopyFrom(Enumerable.Repeat(float.NaN, 16).ToArray());
        executor.Multiply(device.DefaultStream, new MatrixProduct { A = new(a.View, 3), B = new(b.View, 4), C = new(c.View, 4), M = 4, N = 4, K = 3 });
        float[] result = new float[16];
        c.CopyTo(result);
        Assert.DoesNotContain(result, float.IsNaN);
    }

    [Fact]
    public void Multiply_TransposedFactorOfAnyRowCount_GathersEachTilesOwnRows()
    {
        CheckGathered<V512>();
        CheckGathered<V256>();
        CheckGathered<V128>();
    }

    [Theory]
    [InlineData(3, 2, 613)]
    [InlineData(1, 7, 300)]
    [InlineData(16, 1, 1000)]
    [InlineData(16, 3, 70)]
    public void Multiply_GroupsOfZeros_LeavesThemUnread(int groupSize, int zeroGroups, int k)
    {
        const int M = 70;
        const int N = 37;
        Random random = new(k);
        float[] a = Values(random, k * M);
        float[] b = Values(random, k * N);
        double[] expected = new double[M * N];
        for (int step = 0; step < k; step++)
        {
            bool isZero = step / groupSize % (1 + zeroGroups) != 0;
            for (int i = 0; i < M * N; i++)
            {
                expected[i] += isZero ? 0.0 : (double)a[(step * M) + (i / N)] * b[(step * N) + (i % N)];
            }

            if (isZero)
            {
                a.AsSpan(step * M, M).Clear();
                b.AsSpan(step * N, N).Fill(float.NaN);
            }
        }

        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 2 });
        using SimdMatrixExecutor<V512> executor = new(device);
        using DeviceBuffer<float> bufferA = Copy(device, a);
        using DeviceBuffer<float> bufferB = Copy(device, b);
        using DeviceBuffer<float> bufferC = device.Allocate<float>(M * N);
        executor.Multiply(device.DefaultStream, new MatrixProduct
        {
            A = new(bufferA.View, M), TransposeA = true, B = new(bufferB.View, N), C = new(bufferC.View, N), M = M, N = N, K = k,
            GroupSize = groupSize,
            ZeroGroups = zeroGroups,
        });
        float[] actual = new float[M * N];
        bufferC.CopyTo(actual);
        ElementwiseAssert.Close(expected, actual, Tolerances.Single(k, 1, k), $"groups of {groupSize}, {zeroGroups} of them zero", M, N);
    }

    // Tiles of every size, also of few rows with another behind them, and few and many steps; whole registers may be read behind each row.
    private static void CheckGathered<TLane>()
        where TLane : struct, IVectorLane<TLane>
    {
        const int N = 50;
        const int Gap = 13;
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 2 });
        using SimdMatrixExecutor<TLane> executor = new(device);
        foreach (int k in new[] { 2, 3, 4, 9, 300 })
        {
            for (int m = 3; m <= 34; m++)
            {
                Random random = new((m * 1000) + k);
                float[] a = Values(random, k * (m + Gap));
                float[] b = Values(random, k * N);
                double[] expected = new double[m * N];
                for (int i = 0; i < m * N * k; i++)
                {
                    (int step, int element) = (i / (m * N), i % (m * N));
                    expected[element] += (double)a[(step * (m + Gap)) + (element / N)] * b[(step * N) + (element % N)];
                }

                using DeviceBuffer<float> bufferA = Copy(device, a);
                using DeviceBuffer<float> bufferB = Copy(device, b);
                using DeviceBuffer<float> bufferC = device.Allocate<float>(m * N);
                executor.Multiply(device.DefaultStream, new MatrixProduct
                {
                    A = new(bufferA.View, m + Gap), TransposeA = true, B = new(bufferB.View, N), C = new(bufferC.View, N), M = m, N = N, K = k,
                });
                float[] actual = new float[m * N];
                bufferC.CopyTo(actual);
                ElementwiseAssert.Close(expected, actual, Tolerances.Single(k, 1, k), $"{typeof(TLane).Name} m={m} k={k}", m, N);
            }
        }
    }

    private static float[] Product(int threads)
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = threads });
        using SimdMatrixExecutor<V256> executor = new(device);
        using DeviceBuffer<float> a = Filled(device, 150 * 300, 1);
        using DeviceBuffer<float> b = Filled(device, 300 * 90, 2);
        using DeviceBuffer<float> c = device.Allocate<float>(150 * 90);
        executor.Multiply(
            device.DefaultStream, new MatrixProduct { A = new(a.View, 300), B = new(b.View, 90), C = new(c.View, 90), M = 150, N = 90, K = 300 });
        float[] result = new float[150 * 90];
        c.CopyTo(result);
        return result;
    }

    private static DeviceBuffer<float> Filled(Device device, int length, int seed)
    {
        Random random = new(seed);
        DeviceBuffer<float> buffer = device.Allocate<float>(length);
        buffer.CopyFrom(Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 2) - 1).ToArray());
        return buffer;
    }

    private static void Check<TLane>(int m, int n, int k, bool transposeA, bool transposeB, bool accumulate, bool hasBias)
        where TLane : struct, IVectorLane<TLane>
    {
        Random random = new((m * 7919) + (n * 104729) + k);
        int strideA = (transposeA ? m : k) + 3;
        int strideB = (transposeB ? k : n) + 2;
        int strideC = n + 1;
        float[] a = Values(random, (transposeA ? k : m) * strideA);
        float[] b = Values(random, (transposeB ? n : k) * strideB);
        float[] c = Values(random, m * strideC);
        float[] bias = Values(random, n);
        double[] expected = new double[c.Length];
        double[] allowed = new double[c.Length];
        for (int row = 0; row < m; row++)
        {
            c[(row * strideC) + n] = Guard;
            expected[(row * strideC) + n] = Guard;
            for (int column = 0; column < n; column++)
            {
                int at = (row * strideC) + column;
                double sum = (accumulate ? c[at] : 0) + (hasBias ? bias[column] : 0);
                double magnitude = Math.Abs(sum) + 2;
                for (int i = 0; i < k; i++)
                {
                    double product = (double)a[transposeA ? (i * strideA) + row : (row * strideA) + i]
                        * b[transposeB ? (column * strideB) + i : (i * strideB) + column];
                    sum += product;
                    magnitude += Math.Abs(product);
                }

                expected[at] = sum;
                allowed[at] = Tolerances.Single(k + 2, 1, magnitude).Allowed(sum);
            }
        }

        float[] actual = Run<TLane>(a, b, c, bias, m, n, k, transposeA, transposeB, accumulate, hasBias);
        ElementwiseAssert.Close(
            expected,
            actual,
            allowed,
            $"{typeof(TLane).Name} m={m} n={n} k={k} transposeA={transposeA} transposeB={transposeB} accumulate={accumulate} bias={hasBias}",
            m,
            strideC);
    }

    private static float[] Run<TLane>(
        float[] a, float[] b, float[] c, float[] bias, int m, int n, int k, bool transposeA, bool transposeB, bool accumulate, bool hasBias)
        where TLane : struct, IVectorLane<TLane>
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 2 });
        using SimdMatrixExecutor<TLane> executor = new(device);
        using DeviceBuffer<float> bufferA = Copy(device, a);
        using DeviceBuffer<float> bufferB = Copy(device, b);
        using DeviceBuffer<float> bufferC = Copy(device, c);
        using DeviceBuffer<float> bufferBias = Copy(device, bias);
        executor.Multiply(device.DefaultStream, new MatrixProduct
        {
            A = new(bufferA.View, (transposeA ? m : k) + 3),
            B = new(bufferB.View, (transposeB ? k : n) + 2),
            C = new(bufferC.View, n + 1),
            TransposeA = transposeA,
            TransposeB = transposeB,
            Accumulate = accumulate,
            Bias = hasBias ? bufferBias.View : default,
            M = m,
            N = n,
            K = k,
        });
        float[] result = new float[c.Length];
        bufferC.CopyTo(result);
        return result;
    }

    private static DeviceBuffer<float> Copy(Device device, float[] values)
    {
        DeviceBuffer<float> buffer = device.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }

    private static float[] Values(Random random, int length) =>
        Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 2) - 1).ToArray();
}
