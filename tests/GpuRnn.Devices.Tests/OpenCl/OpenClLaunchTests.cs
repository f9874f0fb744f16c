using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.OpenCl;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests.OpenCl;

public sealed class OpenClLaunchTests
{
    [OpenClTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100_003)]
    public void Launch_AnySize_VisitsEveryIndexOnce(int size)
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<int> buffer = device.Allocate<int>(size + 1);

        Load(device, nameof(OpenClKernels.AddIndex)).Launch(device.DefaultStream, (Index1D)size, buffer.View, 5);

        Assert.Equal([.. Enumerable.Range(5, size), 0], Read(buffer));
    }

    [OpenClTheory]
    [InlineData(1, 1)]
    [InlineData(17, 5)]
    [InlineData(1, 101)]
    [InlineData(101, 1)]
    public void Launch_TwoDimensions_VisitsEveryIndexOnce(int width, int height)
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<int> buffer = device.Allocate<int>(width * height);

        Load(device, nameof(OpenClKernels.Pack2D)).Launch(device.DefaultStream, new Index2D(width, height), buffer.View, width);

        Assert.Equal(Enumerable.Range(0, width * height).Select(i => (1000 * (i / width)) + (i % width) + 1), Read(buffer));
    }

    [OpenClTheory]
    [InlineData(7, 11, 13)]
    [InlineData(1, 1, 67)]
    [InlineData(4, 0, 4)]
    public void Launch_ThreeDimensions_VisitsEveryIndexOnce(int x, int y, int z)
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<int> buffer = device.Allocate<int>(x * y * z);

        Load(device, nameof(OpenClKernels.Pack3D)).Launch(device.DefaultStream, new Index3D(x, y, z), buffer.View, x, y);

        Assert.Equal(
            Enumerable.Range(0, x * y * z).Select(i => (10000 * (i / x / y)) + (100 * (i / x % y)) + (i % x) + 1), Read(buffer));
    }

    [OpenClFact]
    public void Launch_ViewOfAPart_TouchesThatPartAlone()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<int> buffer = device.Allocate<int>(40);

        Load(device, nameof(OpenClKernels.AddIndex)).Launch(device.DefaultStream, (Index1D)7, buffer.View.SubView(3, 30).SubView(8, 7), 100);

        Assert.Equal(Enumerable.Range(0, 40).Select(i => i is >= 11 and < 18 ? i - 11 + 100 : 0), Read(buffer));
    }

    [OpenClFact]
    public void Launch_ViewsOfEveryForm_KnowTheirLengthsAndElements()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<long> result = device.Allocate<long>(6);
        using DeviceBuffer<float> values = device.Allocate<float>(20);
        values.CopyFrom([.. Enumerable.Range(0, 20).Select(i => (float)i)]);
        ArrayView1D<float, Stride1D.General> strided = new(values.View.SubView(2), 5, new Stride1D.General(3));
        ArrayView2D<float, Stride2D.DenseY> rows = ((ArrayView1D<float, Stride1D.Dense>)values.View.SubView(4)).As2DDenseYView(new LongIndex2D(3, 5));

        Load(device, nameof(OpenClKernels.Lengths)).Launch(
            device.DefaultStream, (Index1D)1, result.View, ArrayView<float>.Empty, strided, rows);

        Assert.Equal([0, 5, 3, 5, 2 + 6, 4 + 5 + 2], Read(result));
    }

    [OpenClFact]
    public void Launch_ScalarsOfEveryType_ArriveAsTheyAre()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<double> result = device.Allocate<double>(15);
        using DeviceBuffer<int> views = device.Allocate<int>(4);
        views.CopyFrom([5, 6, 7, 8]);
        OpenClKernels.Nested nested = new() { First = 1.5f, Inner = new() { Second = -9_000_000_000L, Views = views.View.SubView(2) } };

        Load(device, nameof(OpenClKernels.Scalars)).Launch(
            device.DefaultStream, (Index1D)1, result.View, true, (sbyte)-7, (byte)200, (short)-30000, (ushort)60000, 4_000_000_000u,
            -5_000_000_000L, 1ul << 60, 0.25f, -1e100, OpenClKernels.Size.Large, nested, new SpecializedValue<int>(-42));

        Assert.Equal(
            [1, -7, 200, -30000, 60000, 4e9, -5e9, 1ul << 60, 0.25, -1e100, 200, 1.5, -9e9, -42, 8], Read(result));
    }

    [OpenClFact]
    public void LaunchGrouped_ExactGrid_GivesEachGroupItsSharedMemory()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<int> buffer = device.Allocate<int>(48);
        buffer.CopyFrom([.. Enumerable.Range(0, 48)]);

        Load(device, nameof(OpenClKernels.Reverse)).Launch(device.DefaultStream, new KernelConfig(new Index1D(3), new Index1D(16)), buffer.View);

        Assert.Equal(Enumerable.Range(0, 48).Select(i => (i / 16 * 16) + 15 - (i % 16) + (1000 * (i / 16)) + 300000), Read(buffer));
    }

    [OpenClFact]
    public void LaunchGrouped_GroupBeyondTheLimit_NamesTheLimit()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<int> buffer = device.Allocate<int>(1);
        int size = (int)OpenClTestDevice.Information.MaximumGroupSize + 1;

        DeviceException error = Assert.Throws<DeviceException>(() => Load(device, nameof(OpenClKernels.Reverse)).Launch(
            device.DefaultStream, new KernelConfig(new Index1D(1), new Index1D(size)), buffer.View));

        Assert.StartsWith($"OpenClKernels.Reverse: groups of ({size}, 1, 1) work-items arrived, but this kernel's groups have at most ", error.Message);
    }

    [OpenClTheory]
    [InlineData(16)]
    [InlineData(33)]
    public void LaunchGrouped_DynamicSharedMemory_HasTheSizeOfTheLaunch(int size)
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<int> buffer = device.Allocate<int>(2 * size);
        buffer.CopyFrom([.. Enumerable.Range(0, 2 * size)]);
        KernelConfig config = new(new Index1D(2), new Index1D(size), SharedMemoryConfig.RequestDynamic<int>(size));

        Load(device, nameof(OpenClKernels.ReverseInDynamicMemory)).Launch(device.DefaultStream, config, buffer.View);

        Assert.Equal(Enumerable.Range(0, 2 * size).Select(i => (i / size * size) + size - 1 - (i % size) + (1000 * size)), Read(buffer));
    }

    [OpenClFact]
    public void LaunchGrouped_MoreSharedMemoryThanThereIs_NamesBoth()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<int> buffer = device.Allocate<int>(1);
        int elements = (int)(OpenClTestDevice.Information.LocalMemoryBytes / sizeof(int)) + 1;
        KernelConfig config = new(new Index1D(1), new Index1D(1), SharedMemoryConfig.RequestDynamic<int>(elements));

        DeviceException error = Assert.Throws<DeviceException>(
            () => Load(device, nameof(OpenClKernels.ReverseInDynamicMemory)).Launch(device.DefaultStream, config, buffer.View));

        Assert.StartsWith(
            $"OpenClKernels.ReverseInDynamicMemory: a launch whose groups need {4L * elements} bytes of shared memory arrived, but {device.Id} has ", error.Message);
    }

    [OpenClFact]
    public void Launch_ViewOfStructs_FindsEachField()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<OpenClKernels.Mixed> buffer = device.Allocate<OpenClKernels.Mixed>(9);

        Load(device, nameof(OpenClKernels.FillStructs)).Launch(device.DefaultStream, (Index1D)5, buffer.View.SubView(3, 5));

        Assert.Equal(
            Enumerable.Range(0, 9).Select(i => i is >= 3 and < 8 ? new OpenClKernels.Mixed((byte)(i - 3), -0.5 * (i - 3), i + 4) : default), Read(buffer));
    }

    [OpenClFact]
    public void Launch_ViewOfAnotherDevice_NamesBoth()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using OpenClDevice twin = OpenClTestDevice.Open();
        using CpuDevice cpu = new(new CpuDeviceOptions { ThreadCount = 1 });
        LoadedKernel kernel = Load(device, nameof(OpenClKernels.AddIndex));

        foreach (Device other in new Device[] { cpu, twin })
        {
            using DeviceBuffer<int> buffer = other.Allocate<int>(3);
            DeviceException error = Assert.Throws<DeviceException>(() => kernel.Launch(device.DefaultStream, (Index1D)3, buffer.View, 1));
            Assert.StartsWith(
                $"OpenClKernels.AddIndex: a view of a buffer of 12 bytes on {other.Id} arrived, but {device.Id} reads its own memory alone.",
                error.Message);
        }
    }

    [OpenClFact]
    public void Launch_ViewBetweenTwoElements_IsRefused()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<byte> buffer = device.Allocate<byte>(16);

        DeviceException error = Assert.Throws<DeviceException>(() => Load(device, nameof(OpenClKernels.AddIndex)).Launch(
            device.DefaultStream, (Index1D)1, buffer.View.SubView(2).Cast<int>(), 1));

        Assert.StartsWith("OpenClKernels.AddIndex: a view that begins at byte 2 of its buffer arrived", error.Message);
    }

    [OpenClFact]
    public void Load_BodyThatBreaksARule_IsRefusedWithItsId()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        MethodInfo method = Method(nameof(OpenClKernels.Allocates));

        KernelNotSupportedException error = Assert.Throws<KernelNotSupportedException>(() => device.Load(method));
        SupportAnswer answer = device.Supports(KernelEntry.Read(method));

        Assert.False(answer.IsSupported);
        Assert.Equal(error.Message, answer.Reason);
    }

    [OpenClFact]
    public void Supports_GroupsThatWait_SaysWhyNot()
    {
        using OpenClDevice device = OpenClTestDevice.Open();

        SupportAnswer answer = device.Supports(KernelEntry.Read(typeof(CooperativeKernels).GetMethod(nameof(CooperativeKernels.Rounds))!));

        Assert.Equal(
            "no: GK0025 CooperativeKernels.Rounds: the kernel is cooperative, but OpenCL 1.2 promises neither that waiting groups let others run nor an order of "
            + "memory between groups. Run the kernel on another device, or give each step a launch of its own.",
            answer.ToString());
    }

    private static MethodInfo Method(string name) => typeof(OpenClKernels).GetMethod(name)!;

    private static LoadedKernel Load(OpenClDevice device, string name) => device.Load(Method(name));

    private static T[] Read<T>(DeviceBuffer<T> buffer)
        where T : unmanaged
    {
        T[] values = new T[buffer.Length];
        buffer.CopyTo(values);
        return values;
    }
}
