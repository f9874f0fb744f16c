using System.Reflection;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

/// <summary>What launches by index do in both modes of the processor.</summary>
public abstract class ImplicitKernelTests(CpuKernelMode mode) : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { ThreadCount = 3, KernelMode = mode });

    protected CpuDevice Device => _device;

    public void Dispose()
    {
        _device.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(997)]
    [InlineData(1_000_003)]
    public void Launch_AnySize_VisitsEveryIndexOnce(int size)
    {
        using DeviceBuffer<int> buffer = _device.Allocate<int>(size + 1);
        Load(nameof(Kernels.AddIndex)).Launch(_device.DefaultStream, (Index1D)size, buffer.View, 5);
        int[] result = new int[size + 1];
        buffer.CopyTo(result);

        for (int i = 0; i < size; i++)
        {
            Assert.Equal(i + 5, result[i]);
        }

        Assert.Equal(0, result[size]);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 11, 13)]
    [InlineData(1, 1, 1009)]
    [InlineData(1009, 1, 1)]
    [InlineData(1, 1009, 2)]
    [InlineData(4, 0, 4)]
    public void Launch_ThreeDimensions_CountsXFastest(int x, int y, int z)
    {
        int size = x * y * z;
        using DeviceBuffer<int> buffer = _device.Allocate<int>(size);
        Load(nameof(Kernels.Pack3D)).Launch(_device.DefaultStream, new Index3D(x, y, z), buffer.View, x, y);
        int[] result = new int[size];
        buffer.CopyTo(result);

        for (int i = 0; i < size; i++)
        {
            Assert.Equal((i % x) + (1100 * (i / x % y)) + (1_210_000 * (i / x / y)), result[i]);
        }
    }

    [Fact]
    public void Launch_TwoDimensionsOverAStridedView_ReachesEveryElement()
    {
        using DeviceBuffer<float> buffer = _device.Allocate<float>(37 * 29);
        ArrayView2D<float, Stride2D.DenseY> matrix = new(buffer.View, new LongIndex2D(37, 29), new Stride2D.DenseY(29));
        Load(nameof(Kernels.Fill2D)).Launch(_device.DefaultStream, new Index2D(37, 29), matrix);
        float[] result = new float[37 * 29];
        buffer.CopyTo(result);

        Assert.Equal(Enumerable.Range(0, result.Length).Select(i => (i / 29 * 100f) + (i % 29)), result);
    }

    [Fact]
    public void Launch_DenseViewParameter_TakesAViewWithoutStride()
    {
        using DeviceBuffer<float> buffer = _device.Allocate<float>(3);
        ArrayView1D<float, Stride1D.Dense> dense = buffer.View;
        LoadedKernel kernel = Load(nameof(Kernels.Increment));
        kernel.Launch(_device.DefaultStream, 3, buffer.View);
        kernel.Launch(_device.DefaultStream, 3, dense);
        float[] result = new float[3];
        buffer.CopyTo(result);

        Assert.Equal([2f, 2f, 2f], result);
    }

    [Fact]
    public void Launch_GenericOverAStructWithStaticMembers_CallsThem()
    {
        MethodInfo method = typeof(Kernels).GetMethod(nameof(Kernels.Apply))!.MakeGenericMethod(typeof(Triple));
        using DeviceBuffer<float> buffer = _device.Allocate<float>(2000);
        buffer.CopyFrom([.. Enumerable.Range(0, 2000).Select(i => (float)i)]);
        _device.Load(method).Launch(_device.DefaultStream, 2000, buffer.View);
        float[] result = new float[2000];
        buffer.CopyTo(result);

        Assert.Equal(Enumerable.Range(0, 2000).Select(i => 3f * i), result);
    }

    [Fact]
    public void Launch_AtomicsFromAllThreads_LoseNothing()
    {
        using DeviceBuffer<int> counter = _device.Allocate<int>(1);
        Load(nameof(Kernels.Count)).Launch(_device.DefaultStream, 100_000, counter.View);
        int[] result = new int[1];
        counter.CopyTo(result);

        Assert.Equal(100_000, result[0]);
    }

    [Fact]
    public void Launch_WithKeptArguments_AllocatesNothing()
    {
        using CpuDevice single = new(new CpuDeviceOptions { ThreadCount = 1, KernelMode = mode });
        using DeviceBuffer<int> buffer = single.Allocate<int>(10_000);
        LoadedKernel kernel = single.Load(typeof(Kernels).GetMethod(nameof(Kernels.AddIndex))!);
        object[] arguments = [buffer.View, 1];
        kernel.Launch(single.DefaultStream, 10_000, arguments);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            kernel.Launch(single.DefaultStream, 10_000, arguments);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Load_Twice_GivesTheSameKernel() => Assert.Same(Load(nameof(Kernels.Count)), Load(nameof(Kernels.Count)));

    [Fact]
    public void Launch_WrongNumberOfArguments_ListsTheParameters()
    {
        DeviceException exception = Assert.Throws<DeviceException>(
            () => Load(nameof(Kernels.AddIndex)).Launch(_device.DefaultStream, 1, 5));

        Assert.Equal(
            "ImplicitKernelTests.Kernels.AddIndex: 1 arguments arrived, but 2 were needed: (ArrayView<int> x, int offset). "
            + "Pass one for each, without the index.",
            exception.Message);
    }

    [Fact]
    public void Launch_WrongTypeOfArgument_NamesParameterAndBothTypes()
    {
        using DeviceBuffer<int> buffer = _device.Allocate<int>(1);

        DeviceException exception = Assert.Throws<DeviceException>(
            () => Load(nameof(Kernels.AddIndex)).Launch(_device.DefaultStream, 1, buffer.View, 5f));

        Assert.Equal(
            "ImplicitKernelTests.Kernels.AddIndex: float arrived for parameter 'offset', but int was needed. Pass a value of exactly that type.",
            exception.Message);
    }

    [Fact]
    public void Launch_NullArgument_IsNamed()
    {
        DeviceException exception = Assert.Throws<DeviceException>(
            () => Load(nameof(Kernels.AddIndex)).Launch(_device.DefaultStream, 1, null!, 5));

        Assert.StartsWith("ImplicitKernelTests.Kernels.AddIndex: null arrived for parameter 'x'", exception.Message);
    }

    [Fact]
    public void Launch_ExtentOfOtherDimensions_NamesTheNeededOne()
    {
        using DeviceBuffer<int> buffer = _device.Allocate<int>(1);

        Assert.Equal(
            "ImplicitKernelTests.Kernels.AddIndex: extent type Index2D arrived, but the kernel needs Index1D. Pass that type.",
            Assert.Throws<DeviceException>(
                () => Load(nameof(Kernels.AddIndex)).Launch(_device.DefaultStream, new Index2D(1, 1), buffer.View, 5)).Message);
        Assert.Equal(
            "ImplicitKernelTests.Kernels.AddIndex: a KernelConfig arrived, but the kernel's first parameter is an Index1D. "
            + "Pass an Index1D as the extent.",
            Assert.Throws<DeviceException>(
                () => Load(nameof(Kernels.AddIndex)).Launch(_device.DefaultStream, new KernelConfig(1, 1), buffer.View, 5)).Message);
        Assert.Equal(
            "ImplicitKernelTests.Kernels.AddIndex: extent (-1, 1, 1) arrived, but no component may be negative. Check how the extent was computed.",
            Assert.Throws<DeviceException>(
                () => Load(nameof(Kernels.AddIndex)).Launch(_device.DefaultStream, -1, buffer.View, 5)).Message);
    }

    [Fact]
    public void Launch_ViewOfADisposedBuffer_IsRefused()
    {
        DeviceBuffer<int> buffer = _device.Allocate<int>(1);
        ArrayView<int> view = buffer.View;
        buffer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Load(nameof(Kernels.AddIndex)).Launch(_device.DefaultStream, 1, view, 5));
    }

    [Fact]
    public void Launch_StreamOfAnotherDevice_NamesBoth()
    {
        using CpuDevice other = new(new CpuDeviceOptions { ThreadCount = 1 });

        DeviceException exception = Assert.Throws<DeviceException>(() => Load(nameof(Kernels.Count)).Launch(other.DefaultStream, 1));

        Assert.StartsWith("ImplicitKernelTests.Kernels.Count: a stream of another device 'cpu' arrived", exception.Message);
    }

    protected LoadedKernel Load(string name) => _device.Load(typeof(Kernels).GetMethod(name)!);

    public interface IFunction
    {
        static abstract float Of(float x);
    }

    public readonly struct Triple : IFunction
    {
        public static float Of(float x) => 3f * x;
    }

    public static class Kernels
    {
        public static void AddIndex(Index1D index, ArrayView<int> x, int offset) => x[index] = index + offset;

        public static void Pack3D(Index3D index, ArrayView<int> x, int extentX, int extentY)
        {
            int linear = index.X + (extentX * (index.Y + (extentY * index.Z)));
            x[linear] += index.X + (1100 * index.Y) + (1_210_000 * index.Z);
        }

        public static void Fill2D(Index2D index, ArrayView2D<float, Stride2D.DenseY> x) => x[index] = (index.X * 100f) + index.Y;

        public static void Increment(Index1D index, ArrayView1D<float, Stride1D.Dense> x) => x[index] += 1f;

        public static void Apply<TFunction>(Index1D index, ArrayView1D<float, Stride1D.Dense> x)
            where TFunction : struct, IFunction => x[index] = TFunction.Of(x[index]);

        public static void Count(Index1D index, ArrayView<int> counter) => Atomic.Add(ref counter[0], index.X >= 0 ? 1 : 0);

        public static void ThrowAt(Index1D index, ArrayView<int> x, int failing)
        {
            if (index == failing)
            {
                throw new ArithmeticException("the test's failure");
            }

            Atomic.Add(ref x[0], 1);
        }

        public static void ThrowAt2D(Index2D index, int x, int y)
        {
            if (index == new Index2D(x, y))
            {
                throw new ArithmeticException("the test's failure");
            }
        }
    }
}
