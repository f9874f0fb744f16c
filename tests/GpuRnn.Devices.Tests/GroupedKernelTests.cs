using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

/// <summary>Kernels with barriers and shared memory, one thread a work-item. What they compute is compared with plain loops.</summary>
public sealed class GroupedKernelTests : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { ThreadCount = 1, KernelMode = CpuKernelMode.Plain });

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 64)]
    [InlineData(997, 32)]
    public void TreeReduction_InSharedMemory_EqualsTheSum(int length, int groupSize)
    {
        int groups = XMath.DivRoundUp(length, groupSize);
        using DeviceBuffer<int> input = _device.Allocate<int>(length);
        using DeviceBuffer<int> sums = _device.Allocate<int>(groups);
        input.CopyFrom([.. Enumerable.Range(1, length).Select(i => i * i)]);
        Load(nameof(GroupedKernels.TreeSum)).Launch(_device.DefaultStream, new KernelConfig(groups, groupSize), input.View, sums.View);
        int[] result = Read(sums);

        for (int g = 0; g < groups; g++)
        {
            int first = (g * groupSize) + 1;
            Assert.Equal(Enumerable.Range(first, Math.Min(groupSize, length - first + 1)).Sum(i => i * i), result[g]);
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(4, 4, 4)]
    [InlineData(5, 7, 3)]
    [InlineData(9, 13, 11)]
    public void TiledProduct_WithTwoDimensionalGroups_EqualsPlainLoops(int m, int n, int k)
    {
        const int Tile = GroupedKernels.Tile;
        int[] a = [.. Enumerable.Range(0, m * k).Select(i => (i % 17) - 8)];
        int[] b = [.. Enumerable.Range(0, k * n).Select(i => (i % 13) - 6)];
        using DeviceBuffer<int> bufferA = _device.Allocate<int>(a.Length);
        using DeviceBuffer<int> bufferB = _device.Allocate<int>(b.Length);
        using DeviceBuffer<int> bufferC = _device.Allocate<int>(m * n);
        bufferA.CopyFrom(a);
        bufferB.CopyFrom(b);
        KernelConfig config = new(new Index2D(XMath.DivRoundUp(n, Tile), XMath.DivRoundUp(m, Tile)), new Index2D(Tile, Tile));
        Load(nameof(GroupedKernels.TiledProduct)).Launch(
            _device.DefaultStream, config, bufferA.View, bufferB.View, bufferC.View, m, n, k);
        int[] result = Read(bufferC);

        for (int i = 0; i < m * n; i++)
        {
            int expected = Enumerable.Range(0, k).Sum(p => a[(i / n * k) + p] * b[(p * n) + (i % n)]);
            Assert.True(expected == result[i], $"C[{i / n}, {i % n}]: expected {expected}, got {result[i]}");
        }
    }

    [Fact]
    public void Indices_OfAThreeDimensionalGrid_CoverEveryWorkItemOnce()
    {
        KernelConfig config = new(new Index3D(2, 3, 2), new Index3D(3, 2, 2));
        using DeviceBuffer<int> visits = _device.Allocate<int>(config.Size);
        using DeviceBuffer<int> linear = _device.Allocate<int>(config.Size);
        Load(nameof(GroupedKernels.Visit)).Launch(_device.DefaultStream, config, visits.View, linear.View);

        Assert.All(Read(visits), count => Assert.Equal(1, count));
        Assert.All(Read(linear), count => Assert.Equal(1, count));
    }

    [Fact]
    public void Collectives_OfAGroup_SeeEveryWorkItem()
    {
        const int Size = 37;
        using DeviceBuffer<long> broadcast = _device.Allocate<long>(Size);
        using DeviceBuffer<int> votes = _device.Allocate<int>(Size * 5);
        Load(nameof(GroupedKernels.Collectives)).Launch(_device.DefaultStream, new KernelConfig(2, Size), broadcast.View, votes.View);
        long[] values = new long[Size];
        broadcast.CopyTo(values);
        int[] result = Read(votes);

        for (int i = 0; i < Size; i++)
        {
            Assert.Equal(1_000_000_000_000L + 5, values[i]);
            Assert.Equal([13, 0, 1, 1, 0], result[(i * 5)..((i * 5) + 5)]);
        }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(43)]
    public void Shuffles_OfAWarp_ReadTheNamedLane(int size)
    {
        using DeviceBuffer<int> result = _device.Allocate<int>(size * 5);
        Load(nameof(GroupedKernels.Shuffles)).Launch(_device.DefaultStream, new KernelConfig(1, size), result.View);
        int[] values = Read(result);

        for (int i = 0; i < size; i++)
        {
            int lane = i % 32;
            int first = i - lane;
            int lanes = Math.Min(32, size - first);
            int At(int source) => source >= 0 && source < lanes ? 10 * (first + source) : 10 * i;
            Assert.Equal(
                [At(3), At(lane + 2), At(lane - 1), At(lane ^ 1), At((lane / 8 * 8) + 5)],
                values[(i * 5)..((i * 5) + 5)]);
        }
    }

    [Fact]
    public void DynamicSharedMemory_AsAskedFor_IsSharedByTheGroup()
    {
        using DeviceBuffer<int> result = _device.Allocate<int>(24);
        KernelConfig config = new(3, 8, SharedMemoryConfig.RequestDynamic<int>(8));
        Load(nameof(GroupedKernels.ReverseInDynamic)).Launch(_device.DefaultStream, config, result.View);

        Assert.Equal(Enumerable.Range(0, 24).Select(i => (100 * (i / 8)) + (7 - (i % 8))), Read(result));
    }

    [Fact]
    public void Atomics_InSharedAndDeviceMemory_LoseNothing()
    {
        using DeviceBuffer<int> result = _device.Allocate<int>(1);
        Load(nameof(GroupedKernels.CountInShared)).Launch(_device.DefaultStream, new KernelConfig(5, 33), result.View);

        Assert.Equal(5 * 33, Read(result)[0]);
    }

    [Fact]
    public void Barrier_NotReachedByAll_IsAnErrorAndNoHang()
    {
        KernelExecutionException exception = Assert.Throws<KernelExecutionException>(
            () => Load(nameof(GroupedKernels.SomeReturnEarly)).Launch(_device.DefaultStream, new KernelConfig(1, 16), 11));

        Assert.StartsWith("GroupedKernels.SomeReturnEarly: group (0, 0, 0), work-item ", exception.Message);
        Assert.EndsWith(
            "Group.Barrier was reached by 11 of the 16 work-items of a group, but all must reach it. "
            + "Move it out of the branch, or let no work-item return before it.",
            exception.Message);
    }

    [Fact]
    public void Barrier_OfAWarpAgainstOneOfTheGroup_IsAnErrorAndNoHang()
    {
        KernelExecutionException exception = Assert.Throws<KernelExecutionException>(
            () => Load(nameof(GroupedKernels.WarpAgainstGroup)).Launch(_device.DefaultStream, new KernelConfig(1, 8)));

        Assert.Contains("was reached by", exception.Message);
    }

    [Fact]
    public void Barrier_DifferentCollectives_NamesBoth()
    {
        KernelExecutionException exception = Assert.Throws<KernelExecutionException>(
            () => Load(nameof(GroupedKernels.MixedCollectives)).Launch(_device.DefaultStream, new KernelConfig(1, 2)));

        Assert.Contains("Group.Barrier", exception.Message);
        Assert.Contains("Group.BarrierAnd", exception.Message);
        Assert.Contains("but all must call the same. Move the call out of the branch.", exception.Message);
    }

    [Fact]
    public void SharedMemory_DifferentAllocations_IsAnError()
    {
        KernelExecutionException exception = Assert.Throws<KernelExecutionException>(
            () => Load(nameof(GroupedKernels.MixedAllocations)).Launch(_device.DefaultStream, new KernelConfig(1, 2)));

        Assert.Contains("Make the same allocations in the same order everywhere.", exception.Message);
    }

    [Fact]
    public void Launch_OneWorkItemThrows_NamesItAndReleasesTheOthers()
    {
        LoadedKernel kernel = Load(nameof(GroupedKernels.ThrowInOne));

        KernelExecutionException exception = Assert.Throws<KernelExecutionException>(
            () => kernel.Launch(_device.DefaultStream, new KernelConfig(3, 8), 1, 5));

        Assert.Equal(
            "GroupedKernels.ThrowInOne: group (1, 0, 0), work-item (5, 0, 0) threw ArithmeticException, but a kernel must not throw. the test's failure",
            exception.Message);
        kernel.Launch(_device.DefaultStream, new KernelConfig(3, 8), 7, 5);
    }

    [Fact]
    public void Launch_GroupTooLarge_NamesTheLimit()
    {
        DeviceException exception = Assert.Throws<DeviceException>(
            () => Load(nameof(GroupedKernels.WarpAgainstGroup)).Launch(_device.DefaultStream, new KernelConfig(1, 1025)));

        Assert.Equal(
            "GroupedKernels.WarpAgainstGroup: a group of 1025 work-items arrived, but the device runs at most 1024. "
            + "Use smaller groups and more of them.",
            exception.Message);
    }

    [Fact]
    public void Launch_GroupBeyondTheKernelsBounds_NamesTheBound()
    {
        LoadedKernel kernel = _device.Load(typeof(GroupedKernels).GetMethod(nameof(GroupedKernels.Bounded))!);
        using DeviceBuffer<int> memory = _device.Allocate<int>(8);
        kernel.Launch(_device.DefaultStream, new KernelConfig(1, 8), memory.View, memory.View);

        DeviceException exception = Assert.Throws<DeviceException>(
            () => kernel.Launch(_device.DefaultStream, new KernelConfig(new Index3D(1, 1, 1), new Index3D(3, 3, 1)), memory.View, memory.View));

        Assert.Equal(
            "GroupedKernels.Bounded: groups of 9 work-items arrived, but [LaunchBounds] allows 8 at most. Launch smaller groups.", exception.Message);
    }

    [Fact]
    public void ReadOnlyView_ThatSharesMemoryWithAnother_IsRefusedWhereLaunchesAreValidated()
    {
        KernelEntry entry = KernelEntry.Read(typeof(GroupedKernels).GetMethod(nameof(GroupedKernels.Bounded))!);
        using DeviceBuffer<int> memory = _device.Allocate<int>(8);
        ReadOnlyViews.Require(entry, [memory.View.SubView(0, 4), memory.View.SubView(4, 4)]);

        DeviceException exception = Assert.Throws<DeviceException>(
            () => ReadOnlyViews.Require(entry, [memory.View.SubView(0, 5), memory.View.SubView(4, 4)]));

        Assert.Equal(
            "GroupedKernels.Bounded: the views of 'source' and 'target' share memory, but the kernel is promised that nobody writes the first. "
            + "Pass separate memory.",
            exception.Message);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(4, 0)]
    public void Launch_EmptyGridOrGroup_IsRefused(int grid, int group)
    {
        DeviceException exception = Assert.Throws<DeviceException>(
            () => Load(nameof(GroupedKernels.WarpAgainstGroup)).Launch(_device.DefaultStream, new KernelConfig(grid, group)));

        Assert.Equal(
            $"GroupedKernels.WarpAgainstGroup: grid ({grid}, 1, 1) and group ({group}, 1, 1) arrived, but every component must be at least 1. "
            + "Skip the launch when there is nothing to do.",
            exception.Message);
    }

    [Fact]
    public void Launch_ExtentForAGroupedKernel_AsksForAConfig() =>
        Assert.Equal(
            "GroupedKernels.WarpAgainstGroup: extent type Index1D arrived, but the kernel needs KernelConfig. Pass that type.",
            Assert.Throws<DeviceException>(() => Load(nameof(GroupedKernels.WarpAgainstGroup)).Launch(_device.DefaultStream, 4)).Message);

    private static int[] Read(DeviceBuffer<int> buffer)
    {
        int[] result = new int[buffer.Length];
        buffer.CopyTo(result);
        return result;
    }

    private LoadedKernel Load(string name) => _device.Load(typeof(GroupedKernels).GetMethod(name)!);
}
