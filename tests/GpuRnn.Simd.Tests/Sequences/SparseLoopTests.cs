using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Lanes;
using GpuRnn.Simd.Sequences;
using GpuRnn.Testing;

namespace GpuRnn.Simd.Tests.Sequences;

/// <summary>The loop over few weights against plain loops in double, and its bits whatever the threads, the registers and the batch.</summary>
public sealed class SparseLoopTests
{
    private const int TimeSteps = 6;
    private const int DriveWidth = 2;

    // Up to six terms of at most a half, and a bias, through states that pass on at most twice what they got.
    private const double Magnitude = 8.0;

    [Theory]
    [InlineData(1, 1, 1.0f)]
    [InlineData(5, 3, 0.3f)]
    [InlineData(37, 1, 1.0f)]
    [InlineData(37, 4, 0.3f)]
    [InlineData(64, 19, 1.0f)]
    [InlineData(130, 33, 0.3f)]
    public void Run_RaggedBatch_AgreesWithPlainLoops(int size, int batchSize, float leakRate)
    {
        SparseLoopRequest request = Request(size, leakRate);
        int[] lengths = Lengths(batchSize);
        (double[] states, double[] ends) = Execute<V512>(request, lengths, 2);
        (double[] expected, double[] expectedEnds) = Plain(request, lengths);
        for (int row = 0; row < batchSize; row++)
        {
            for (int t = 0; t < lengths[row]; t++)
            {
                int first = ((t * batchSize) + row) * size;
                ElementwiseAssert.Close(expected[first..(first + size)], Narrow(states[first..(first + size)]), Tolerances.Single(8, TimeSteps, Magnitude), $"x of sequence {row} at {t}", size);
            }
        }

        ElementwiseAssert.Close(expectedEnds, Narrow(ends), Tolerances.Single(8, TimeSteps, Magnitude), "ends", batchSize, size);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(21)]
    public void Run_WhateverThreadsRegistersAndBatch_GivesTheSameBits(int batchSize)
    {
        SparseLoopRequest request = Request(600, 0.3f);
        int[] lengths = [.. Enumerable.Repeat(TimeSteps, batchSize)];
        double[] expected = Execute<V1>(request, lengths, 1).States;
        Assert.Equal(expected, Execute<V512>(request, lengths, 3).States);
        Assert.Equal(expected, Execute<V256>(request, lengths, 2).States);
        Assert.Equal(expected, Execute<V128>(request, lengths, 1).States);
        double[] alone = Execute<V512>(request, [TimeSteps], 2).States;
        for (int t = 0; t < TimeSteps; t++)
        {
            Assert.Equal(alone[(t * request.Size)..((t + 1) * request.Size)], expected[(t * batchSize * request.Size)..(((t * batchSize) + 1) * request.Size)]);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Run_SequenceWithoutSteps_KeepsItsStateToTheLastBit(int batchSize)
    {
        SparseLoopRequest request = Request(37, 1.0f);
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        using ISparseLoop loop = new SparseLoopExecutor<V256>(device).Prepare(request);
        double[] state = [.. Enumerable.Range(0, batchSize * request.Size).Select(i => 1.0 / (3 + i))];
        double[] before = [.. state];
        int[] lengths = [.. Enumerable.Range(0, batchSize).Select(row => row == 1 ? 0 : TimeSteps)];
        loop.Run(Drive(batchSize), TimeSteps, lengths, state, new double[TimeSteps * batchSize * request.Size]);
        Assert.Equal(before[request.Size..(2 * request.Size)], state[request.Size..(2 * request.Size)]);
        Assert.NotEqual(before[..request.Size], state[..request.Size]);
    }

    [Fact]
    public void Supports_ManyWeights_SaysHowMany()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        SparseLoopExecutor<V256> executor = new(device);
        Assert.True(executor.Supports(Request(200, 1.0f)).IsSupported);
        Assert.Equal("83 % of its weights are not zero, and up to 10 % pay", executor.Supports(Request(5, 1.0f)).Reason);
    }

    private static int[] Lengths(int batchSize) => [.. Enumerable.Range(0, batchSize).Select(row => batchSize == 1 ? TimeSteps : row * 5 % (TimeSteps + 1))];

    // Four weights of the units before and behind, up to two of the drive; the last unit has one less.
    private static SparseLoopRequest Request(int size, float leakRate)
    {
        Random random = new(size);
        List<int> starts = [0];
        List<int> columns = [];
        for (int row = 0; row < size; row++)
        {
            columns.AddRange(Enumerable.Range(0, 4).Select(k => ((row * 7) + (k * 13)) % size).Distinct().Order());
            columns.AddRange(row == size - 1 ? [size] : [size, size + 1]);
            starts.Add(columns.Count);
        }

        return new SparseLoopRequest(size, DriveWidth, leakRate, Draw(random, size), [.. starts], [.. columns], Draw(random, columns.Count));
    }

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static double[] Drive(int batchSize) => [.. Enumerable.Range(0, TimeSteps * batchSize).SelectMany(i => new[] { Math.Sin(i / batchSize), 0.25 })];

    private static double[] Starts(int batchSize, int size) => [.. Enumerable.Range(0, batchSize).SelectMany(_ => Enumerable.Range(0, size).Select(unit => (double)(float)Math.Cos(unit)))];

    private static (double[] States, double[] Ends) Execute<TLane>(SparseLoopRequest request, int[] lengths, int threads)
        where TLane : struct, IVectorLane<TLane>
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = threads });
        using ISparseLoop loop = new SparseLoopExecutor<TLane>(device).Prepare(request);
        double[] ends = Starts(lengths.Length, request.Size);
        double[] states = new double[TimeSteps * lengths.Length * request.Size];
        loop.Run(Drive(lengths.Length), TimeSteps, lengths, ends, states);
        return (states, ends);
    }

    private static (double[] States, double[] Ends) Plain(SparseLoopRequest request, int[] lengths)
    {
        int batchSize = lengths.Length;
        double[] drive = Drive(batchSize);
        double[] ends = Starts(batchSize, request.Size);
        double[] states = new double[TimeSteps * batchSize * request.Size];
        for (int row = 0; row < batchSize; row++)
        {
            double[] previous = ends[(row * request.Size)..((row + 1) * request.Size)];
            for (int t = 0; t < lengths[row]; t++)
            {
                double[] next = new double[request.Size];
                for (int unit = 0; unit < request.Size; unit++)
                {
                    double sum = request.Bias[unit];
                    for (int i = request.RowStarts[unit]; i < request.RowStarts[unit + 1]; i++)
                    {
                        int column = request.Columns[i];
                        sum += request.Values[i] * (column < request.Size ? previous[column] : drive[(((t * batchSize) + row) * DriveWidth) + column - request.Size]);
                    }

                    next[unit] = previous[unit] + (request.LeakRate * (Math.Tanh(sum) - previous[unit]));
                }

                next.CopyTo(states, ((t * batchSize) + row) * request.Size);
                previous = next;
            }

            previous.CopyTo(ends, row * request.Size);
        }

        return (states, ends);
    }

    private static float[] Narrow(double[] values) => Array.ConvertAll(values, value => (float)value);
}
