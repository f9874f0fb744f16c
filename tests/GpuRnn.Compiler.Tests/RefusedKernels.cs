using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests;

/// <summary>Kernels that break one rule each; a comment with the id ends the line that the refusal must name.</summary>
public static class RefusedKernels
{
    private static readonly int[] s_table = [1, 2, 3];

    private static readonly decimal s_price = 3m;

    private static int s_counter;

    private interface IShape
    {
        int Area { get; }
    }

    public static void WriteToReadOnly(Index1D index, [ReadOnlyView] ArrayView<float> source) => source[index] = 1f;

    public static void AtomicOnReadOnly(Index1D index, [ReadOnlyView] ArrayView<int> source) => Atomic.Add(ref source[index % 2], 1);

    public static void CopyWithoutWait(ArrayView<float> source, ArrayView<float> target) => Copied(source, target, true);

    public static void CopyWithoutCommit(ArrayView<float> source, ArrayView<float> target)
    {
        Copied(source, target, false);
        AsyncCopy.Wait(0);
    }

    public static void UnalignedCopy(ArrayView<float> source, ArrayView<float> target)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(4);
        AsyncCopy.ToShared(shared, 0, source, 1, 4);
        target[0] = shared[0];
    }

    public static void CopyOfComputedBytes(ArrayView<float> source, ArrayView<float> target) =>
        AsyncCopy.ToShared(SharedMemory.Allocate<float>(4), 0, source, 0, (int)target[0]); // GK0028

    public static void CopyOfTwelveBytes(ArrayView<float> source, ArrayView<float> target) =>
        AsyncCopy.ToShared(SharedMemory.Allocate<float>(4), 0, source, 0, target.IntLength < 0 ? 3 : 3); // GK0028

    public static void CopyIntoDeviceMemory(ArrayView<float> source, ArrayView<float> target) => AsyncCopy.ToShared(target, 0, source, 0, 1); // GK0028

    public static void ComputedWait(ArrayView<float> source, ArrayView<float> target) => AsyncCopy.Wait((int)(source[0] + target[0])); // GK0028

    public static void Recursion(Index1D index, ArrayView<int> target) => target[index] = Factorial(index);

    private static int Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1); // GK0008

    public static void GrowingRecursion(Index1D index, ArrayView<int> target) => target[index] = Grow<int>(index);

    private static int Grow<T>(int n)
        where T : struct => n < 2 ? 1 : n * Grow<ValueTuple<T>>(n - 1); // GK0008

    public static void Allocation(Index1D index, ArrayView<int> target) => target[index] = new int[3].Length; // GK0009

    public static void Throwing(Index1D index, ArrayView<int> target)
    {
        if (target[index] < 0)
        {
            throw new InvalidOperationException(); // GK0010
        }

        target[index] = 1;
    }

    public static void CheckedSum(Index1D index, ArrayView<int> target) => target[index] = checked(target[index] + 1); // GK0010

    public static void Text(Index1D index, ArrayView<int> target) => target[index] = "text".Length; // GK0011

    public static unsafe void FunctionPointer(Index1D index, ArrayView<int> target)
    {
        delegate*<int, int> function = &Factorial; // GK0012
        target[index] = function(3);
    }

    public static void ChangingStatic(Index1D index, ArrayView<int> target) => target[index] = s_counter++; // GK0013

    public static void WrittenStatic(Index1D index, ArrayView<int> target) => s_counter = target[index]; // GK0013

    public static void AddressOfStatic(Index1D index, ArrayView<int> target)
    {
        ref int counter = ref s_counter; // GK0013
        target[index] = counter;
    }

    /// <summary>Nothing to load or store.</summary>
    public readonly struct Nothing;

    public static void EmptyElement(Index1D index, ArrayView<Nothing> target) => target[index] = default;

    public static void DivergentShuffle(ArrayView<int> target)
    {
        if (Group.IdxX > 3)
        {
            target[Group.IdxX] = Warp.ShuffleDown(Group.IdxX, 1); // GK0021
        }
    }

    public static void ImplicitShuffle(Index1D index, ArrayView<int> target) => target[index] = Warp.ShuffleDown((int)index, 1); // GK0021

    public static void Exponential(Index1D index, ArrayView<float> target) => target[index] = XMath.Exp(target[index]); // GK0020

    public static void HostCall(Index1D index, ArrayView<int> target)
    {
        Thread.MemoryBarrier(); // GK0015
        target[index] = 1;
    }

    public static unsafe void AddressArithmetic(Index1D index, ArrayView<int> target)
    {
        int own = 1;
        int* pointer = &own; // GK0016
        target[index] = pointer[index];
    }

    public static void DivergentBarrier(ArrayView<int> target)
    {
        if (Group.IdxX > 3)
        {
            Group.Barrier(); // GK0017
        }

        target[Group.IdxX] = 1;
    }

    public static void BarrierInLoopOfOwnLength(ArrayView<int> target)
    {
        for (int i = 0; i < target[Group.IdxX]; i++)
        {
            Group.Barrier(); // GK0017
        }

        target[Group.IdxX] = 1;
    }

    public static void ImplicitBarrier(Index1D index, ArrayView<int> target)
    {
        Group.Barrier(); // GK0017
        target[index] = 1;
    }

    public static void ComputedExtent(Index1D index, ArrayView<int> target, int count)
    {
        ArrayView<int> local = LocalMemory.Allocate<int>(count); // GK0018
        local[0] = 1;
        target[index] = local[0];
    }

    public static void ChosenVariable(Index1D index, ArrayView<int> target)
    {
        int own = 3;
        ref int chosen = ref target[index] > 0 ? ref target[index] : ref own;
        chosen = 4; // GK0019
        target[index] += own;
    }

    /// <summary>A loop as long as a view says that the kernel only reads, at a place that is the same for the group.</summary>
    public static void BarrierInLoopOfLoadedLength(ArrayView<int> lengths, ArrayView<int> target)
    {
        for (int i = 0; i < lengths[Grid.IdxX]; i++)
        {
            target[Group.IdxX] += i;
            Group.Barrier();
        }
    }

    /// <summary>The same, but the view is written.</summary>
    public static void BarrierInLoopOfWrittenLength(ArrayView<int> lengths)
    {
        for (int i = 0; i < lengths[Grid.IdxX]; i++)
        {
            lengths[Grid.IdxX] -= Group.IdxX;
            Group.Barrier(); // GK0017
        }
    }

    /// <summary>Uniform conditions around barriers are allowed.</summary>
    public static void UniformBarriers(ArrayView<int> target, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            if (Grid.IdxX > 1)
            {
                Group.Barrier();
            }

            target[Group.IdxX] = target[Group.IdxX] > i ? i : 0;
            Group.Barrier();
        }
    }

    public static void NewObject(Index1D index, ArrayView<int> target) => target[index] = new Version(1, 2).Major; // GK0009

    public static void Box(Index1D index, ArrayView<int> target)
    {
        IComparable<int> boxed = (int)index; // GK0009
        target[index] = boxed.CompareTo(3);
    }

    public static unsafe void StackAllocation(Index1D index, ArrayView<int> target)
    {
        int* numbers = stackalloc int[4]; // GK0009
        target[index] = *numbers;
    }

    public static void TryBlock(Index1D index, ArrayView<int> target)
    {
        target[index] = 2;
        try
        {
            target[index] = 1; // GK0010
        }
        finally
        {
            target[index] += 1;
        }
    }

    public static void CheckedConversion(Index1D index, ArrayView<long> target) => target[index] = checked((int)target[index]); // GK0010

    public static void Null(Index1D index, ArrayView<int> target)
    {
        object? nothing = null; // GK0011
        target[index] = nothing == null ? 1 : 2;
    }

    public static void TypeObject(Index1D index, ArrayView<int> target) => target[index] = typeof(int).GetHashCode(); // GK0011

    public static void Delegate(Index1D index, ArrayView<int> target)
    {
        Func<int, int> function = Factorial; // GK0012
        target[index] = function(3);
    }

    public static void Lambda(Index1D index, ArrayView<int> target)
    {
        Func<int, int> function = number => number + 1; // GK0012
        target[index] = function(3);
    }

    public static void Interface(Index1D index, ArrayView<int> target) => target[index] = Area<IShape>(null!); // GK0011

    public static void StaticArray(Index1D index, ArrayView<int> target) => target[index] = s_table[index % 3]; // GK0013

    public static void Decimal(Index1D index, ArrayView<int> target) => target[index] = (int)((decimal)target[index] * 1.1m); // GK0014

    public static void StaticDecimal(Index1D index, ArrayView<int> target) => target[index] = s_price > 2m ? 1 : 2; // GK0013

    public static void MutualRecursion(Index1D index, ArrayView<int> target) => target[index] = IsEven(index) ? 1 : 0;

    private static bool IsEven(int n) => n == 0 || IsOdd(n - 1);

    private static bool IsOdd(int n) => n != 0 && IsEven(n - 1); // GK0008

    public static void UndeclaredWait(ArrayView<int> ready)
    {
        int seen = 0;
        for (int i = 0; seen < 3; i++)
        {
            seen = GlobalMemory.LoadAcquire(ref ready[0]) + (i & 0); // GK0023
        }

        ready[1] = seen;
    }

    public static void AcquireOfSharedMemory(ArrayView<int> target)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(4);
        target[0] = GlobalMemory.LoadAcquire(ref shared[0]); // GK0026
    }

    /// <summary>An acquire whose value nobody reads, in a loop that it does not end, is allowed.</summary>
    public static void Unread(ArrayView<int> target)
    {
        for (int i = 0; i < target[0]; i++)
        {
            GlobalMemory.LoadAcquire(ref target[1]);
        }
    }

    [Cooperative]
    public static void CooperativeIndex(Index1D index, ArrayView<int> target) => target[index] = 1;

    private static int Area<T>(T shape)
        where T : IShape => shape.Area;

    private static void Copied(ArrayView<float> source, ArrayView<float> target, bool isCommitted)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(32);
        int item = Group.LinearIndex;
        shared[item] = -1f;
        AsyncCopy.ToShared(shared, item, source, item, 1);
        if (isCommitted)
        {
            AsyncCopy.Commit();
        }

        target[item] = shared[item];
    }
}
