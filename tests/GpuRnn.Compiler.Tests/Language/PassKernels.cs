using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>The smallest kernels on which one pass each has something to do.</summary>
public static class PassKernels
{
    public static void ThreeRounds(Index1D index, ArrayView<int> target, int factor)
    {
        int sum = 0;
        for (int i = 0; i < 3; i++)
        {
            sum = (sum * factor) + i;
        }

        target[index] = sum;
    }

    public static void LocalPair(Index1D index, ArrayView<int> target)
    {
        ArrayView<int> pair = LocalMemory.Allocate<int>(2);
        pair[0] = index;
        pair[1] = pair[0] + 1;
        target[index] = pair[1];
    }

    public static void Specialized(Index1D index, ArrayView<int> target, SpecializedValue<int> rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            target[index] += i;
        }
    }

    public static void Reload(Index1D index, ArrayView<int> source, ArrayView<int> target)
    {
        int first = source[index];
        target[index] = first + 1;
        int stored = target[index];
        int second = source[index];
        target[index + 1] = stored + second;
    }

    public static void Forwarded(Index1D index, ArrayView<int> source, ArrayView<int> target)
    {
        target[index] = 7;
        int stored = source[index] > 0 ? target[index] : 7;
        target[index] = stored * 5;
    }

    public static void Repeated(Index1D index, ArrayView<int> source, int factor)
    {
        int first = index * factor;
        source[first] = 1;
        source[first + (index * factor)] = 2;
    }

    public static void Invariant(Index1D index, ArrayView<int> target, int count, int factor)
    {
        for (int i = 0; i < count; i++)
        {
            target[i] = index * factor;
        }
    }
}
