using System.Reflection;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

/// <summary>Compiled kernels with barriers against the same kernels as plain C# with a thread for each work-item, bit for bit.</summary>
public sealed class CompiledKernelTests : IDisposable
{
    private const int Size = BarrierKernels.GroupSize;

    private readonly CpuDevice _plain = new(new CpuDeviceOptions { KernelMode = CpuKernelMode.Plain });
    private readonly CpuDevice _compiled = new(new CpuDeviceOptions { KernelMode = CpuKernelMode.Compiled, ThreadCount = 3 });

    public void Dispose()
    {
        _plain.Dispose();
        _compiled.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    public void BarriersInALoop_KeepEachWorkItemsValues(int steps) =>
        Compare(nameof(BarrierKernels.Rotate), new KernelConfig(5, Size), Integers(5 * Size), new int[5 * Size], steps);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    public void BarrierInABranchOfTheGroup_IsReachedByTheWholeGroup(int threshold) =>
        Compare(nameof(BarrierKernels.Branch), new KernelConfig(5, Size), Integers(5 * Size), new int[5 * Size], threshold);

    [Fact]
    public void ValuesOfEveryType_LiveAcrossBarriers()
    {
        float[] source = [.. Integers(2 * Size).Select(value => value * 0.37f)];
        Compare(nameof(BarrierKernels.Types), new KernelConfig(2, Size), source, new double[2 * Size]);
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(4, 33)]
    [InlineData(5, Size)]
    public void BarriersInNestedLoops_FollowTheirGroupsBounds(int groups, int groupSize) =>
        Compare(nameof(BarrierKernels.Nested), new KernelConfig(5, groupSize), Integers(5 * groupSize), new int[5 * groupSize], groups);

    [Fact]
    public void PrivateArray_LivesAcrossABarrier() =>
        Compare(nameof(BarrierKernels.PrivateArray), new KernelConfig(3, Size), Integers(3 * Size), new int[3 * Size]);

    [Fact]
    public void ThreeDimensions_CountXFastest()
    {
        KernelConfig config = new(new Index3D(3, 2, 2), new Index3D(5, 3, 3));
        Compare(nameof(BarrierKernels.Place), config, Integers(12 * 45), new int[12 * 45]);
    }

    [Fact]
    public void Atomics_FromAllGroupsAtOnce_LoseNothing() =>
        Compare(nameof(BarrierKernels.Atomics), new KernelConfig(61, Size), Integers(61 * Size), new int[] { 0, 0, -9999, 9999, -1, 0, 0 });

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void TreeReduction_HasTheSum(int groupSize)
    {
        int[] source = Integers(997);
        int groups = XMath.DivRoundUp(source.Length, groupSize);
        Run(typeof(GroupedKernels), nameof(GroupedKernels.TreeSum), new KernelConfig(groups, groupSize), source, new int[groups]);
    }

    [Fact]
    public void SharedScalar_CountsEveryWorkItem() =>
        Run(typeof(GroupedKernels), nameof(GroupedKernels.CountInShared), new KernelConfig(5, 33), new int[1]);

    [Fact]
    public void GlobalIndices_CoverEveryWorkItemOnce()
    {
        KernelConfig config = new(new Index3D(2, 3, 2), new Index3D(3, 2, 2));
        Run(typeof(GroupedKernels), nameof(GroupedKernels.Visit), config, new int[config.Size], new int[config.Size]);
    }

    [Fact]
    public void Launch_StartsNoWorkItemThread()
    {
        Run(typeof(BarrierKernels), nameof(BarrierKernels.PrivateArray), new KernelConfig(1, Size), Integers(Size), new int[Size]);

        Assert.Equal(0, _compiled.Crew.StartedCount);
        Assert.Equal(Size, _plain.Crew.StartedCount);
    }

    [Fact]
    public void Load_KernelThatTheCompilerRefuses_IsRefusedWithTheRuleAndNotRunAsPlainCSharp()
    {
        MethodInfo kernel = typeof(GroupedKernels).GetMethod(nameof(GroupedKernels.ThrowInOne))!;

        DeviceException exception = Assert.Throws<DeviceException>(() => _compiled.Load(kernel));

        Assert.StartsWith(
            "cpu.Load: GroupedKernels.ThrowInOne arrived, but the device cannot run it: GK0011 GroupedKernels.ThrowInOne at GroupedKernels.cs:",
            exception.Message);
        Assert.EndsWith("or views. Choose another device.", exception.Message);
        _plain.Load(kernel);
    }

    [Fact]
    public void Launch_DivisionByZero_NamesGroupAndWorkItem()
    {
        using DeviceBuffer<int> divisors = _compiled.Allocate<int>(6);
        divisors.CopyFrom([1, 2, 3, 4, 0, 6]);

        KernelExecutionException exception = Assert.Throws<KernelExecutionException>(
            () => _compiled.Load(typeof(DividingKernels).GetMethod(nameof(DividingKernels.Grouped))!)
                .Launch(_compiled.DefaultStream, new KernelConfig(3, 2), divisors.View));

        Assert.IsType<DivideByZeroException>(exception.InnerException);
        Assert.Equal("group (2, 0, 0), work-item (0, 0, 0)", exception.Position);
    }

    [Theory]
    [InlineData(3, 2, 1, 1)]
    [InlineData(40, 3, 0, 0)]
    [InlineData(40, 3, 21, 1)]
    [InlineData(40, 3, 39, 2)]
    public void Launch_DivisionByZeroInAnIndexKernel_NamesTheIndex(int width, int height, int x, int y)
    {
        int[] values = [.. Enumerable.Range(1, width * height)];
        values[(y * width) + x] = 0;
        using DeviceBuffer<int> divisors = _compiled.Allocate<int>(values.Length);
        divisors.CopyFrom(values);

        KernelExecutionException exception = Assert.Throws<KernelExecutionException>(
            () => _compiled.Load(typeof(DividingKernels).GetMethod(nameof(DividingKernels.Indexed))!)
                .Launch(_compiled.DefaultStream, new Index2D(width, height), divisors.View, width));

        Assert.Equal($"index ({x}, {y})", exception.Position);
    }

    [Fact]
    public void Launch_DivisionByAZeroOfTheLaunchInSomeLanes_NamesAnIndexThatDivides()
    {
        using DeviceBuffer<int> values = _compiled.Allocate<int>(64);

        KernelExecutionException exception = Assert.Throws<KernelExecutionException>(
            () => _compiled.Load(typeof(DividingKernels).GetMethod(nameof(DividingKernels.InSomeLanes))!)
                .Launch(_compiled.DefaultStream, new Index1D(64), values.View, 37, 0));

        Assert.Equal("index 37", exception.Position);
    }

    private static int[] Integers(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(-1000, 1000))];
    }

    private void Compare(string kernel, KernelConfig config, params object[] arguments) => Run(typeof(BarrierKernels), kernel, config, arguments);

    private void Run(Type owner, string kernel, KernelConfig config, params object[] arguments)
    {
        List<Array> plain = Run(_plain, owner, kernel, config, arguments);
        List<Array> compiled = Run(_compiled, owner, kernel, config, arguments);
        for (int i = 0; i < plain.Count; i++)
        {
            Assert.Equal(plain[i], compiled[i]);
        }
    }

    private static List<Array> Run(CpuDevice device, Type owner, string kernel, KernelConfig config, object[] arguments)
    {
        List<Func<Array>> results = [];
        object[] launch = Array.ConvertAll(arguments, argument => argument switch
        {
            int[] integers => Upload(device, integers, results),
            float[] floats => Upload(device, floats, results),
            double[] doubles => Upload(device, doubles, results),
            _ => argument,
        });
        device.Load(owner.GetMethod(kernel)!).Launch(device.DefaultStream, config, launch);
        return [.. results.Select(read => read())];
    }

    private static object Upload<T>(CpuDevice device, T[] values, List<Func<Array>> results)
        where T : unmanaged
    {
        DeviceBuffer<T> buffer = device.Allocate<T>(values.Length);
        buffer.CopyFrom(values);
        results.Add(() =>
        {
            T[] result = new T[values.Length];
            buffer.CopyTo(result);
            buffer.Dispose();
            return result;
        });
        return buffer.View;
    }

    public static class DividingKernels
    {
        public static void Grouped(ArrayView<int> divisors) => divisors[Grid.GlobalIndex.X] = 100 / divisors[Grid.GlobalIndex.X];

        public static void Indexed(Index2D index, ArrayView<int> divisors, int width) =>
            divisors[(index.Y * width) + index.X] = 100 / divisors[(index.Y * width) + index.X];

        public static void InSomeLanes(Index1D index, ArrayView<int> values, int first, int divisor)
        {
            if (index.X >= first)
            {
                values[index] = 100 / divisor;
                values[index] += index;
            }
        }
    }
}
