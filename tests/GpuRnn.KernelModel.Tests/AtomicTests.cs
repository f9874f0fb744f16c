namespace GpuRnn.KernelModel.Tests;

public sealed class AtomicTests
{
    private const int Threads = 4;
    private const int UpdatesPerThread = 1_000_000;

    [Fact]
    public void Add_FromSeveralThreads_LosesNoUpdate()
    {
        int[] counts = [0];
        float[] sums = [0f];
        double[] wideSums = [0.0];

        // One loop each: a locked instruction beside the one under test would keep the threads from colliding in it.
        RunTogether(_ => Atomic.Add(ref counts[0], 1));
        RunTogether(_ => Atomic.Add(ref sums[0], 1f));
        RunTogether(_ => Atomic.Add(ref wideSums[0], 0.5));

        Assert.Equal(Threads * UpdatesPerThread, counts[0]);
        Assert.Equal(Threads * UpdatesPerThread, sums[0]);
        Assert.Equal(Threads * UpdatesPerThread * 0.5, wideSums[0]);
    }

    [Fact]
    public void MaxAndMin_FromSeveralThreads_KeepTheExtremes()
    {
        float[] extremes = [float.NegativeInfinity, float.PositiveInfinity];
        RunTogether(i =>
        {
            Atomic.Max(ref extremes[0], i);
            Atomic.Min(ref extremes[1], -i);
        });

        Assert.Equal(UpdatesPerThread - 1, extremes[0]);
        Assert.Equal(1 - UpdatesPerThread, extremes[1]);
    }

    [Fact]
    public void Operations_EachOne_ReturnTheValueBefore()
    {
        uint bits = 0b1100;
        Assert.Equal(0b1100u, Atomic.And(ref bits, 0b0110));
        Assert.Equal(0b0100u, Atomic.Or(ref bits, 0b0001));
        Assert.Equal(0b0101u, Atomic.Xor(ref bits, 0b1111));
        Assert.Equal(0b1010u, Atomic.Exchange(ref bits, 7));
        Assert.Equal(7u, Atomic.CompareExchange(ref bits, 6, 9));
        Assert.Equal(7u, Atomic.CompareExchange(ref bits, 7, 9));
        Assert.Equal(9u, Atomic.Add(ref bits, uint.MaxValue));
        Assert.Equal(8u, bits);
    }

    [Fact]
    public void Max_TargetIsNaN_EndsAndStaysNaN()
    {
        double target = double.NaN;

        Assert.True(double.IsNaN(Atomic.Max(ref target, 1.0)));
        Assert.True(double.IsNaN(target));
    }

    private static void RunTogether(Action<int> update)
    {
        // All start at the same moment: a thread that ends before the next begins would hide a lost update.
        using Barrier start = new(Threads);
        Thread[] threads = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            threads[t] = new Thread(() =>
            {
                start.SignalAndWait();
                for (int i = 0; i < UpdatesPerThread; i++)
                {
                    update(i);
                }
            });
            threads[t].Start();
        }

        Array.ForEach(threads, thread => thread.Join());
    }
}
