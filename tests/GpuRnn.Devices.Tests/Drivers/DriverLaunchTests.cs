using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests.Drivers;

public sealed class DriverLaunchTests
{
    [Theory]
    [MemberData(nameof(DriverDevices.NamesWith), new[] { 0, 1, 63, 64, 65, 10_007 }, MemberType = typeof(DriverDevices))]
    public void Launch_AnySize_VisitsEveryIndexOnce(string name, int size)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<int> buffer = device.Allocate<int>(size + 1);

        Load(device, nameof(DriverKernels.AddIndex)).Launch(device.DefaultStream, (Index1D)size, buffer.View, 5);

        Assert.Equal([.. Enumerable.Range(5, size), 0], Read(buffer));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Launch_TwoDimensions_VisitsEveryIndexOnce(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        foreach ((int width, int height) in new[] { (1, 1), (17, 5), (1, 101), (101, 1) })
        {
            VisitEveryIndex(device, width, height);
        }
    }

    private static void VisitEveryIndex(Device device, int width, int height)
    {
        using DeviceBuffer<int> buffer = device.Allocate<int>(width * height);

        Load(device, nameof(DriverKernels.Pack2D)).Launch(device.DefaultStream, new Index2D(width, height), buffer.View, width);

        Assert.Equal(Enumerable.Range(0, width * height).Select(i => (1000 * (i / width)) + (i % width) + 1), Read(buffer));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Launch_ThreeDimensions_VisitsEveryIndexOnce(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        foreach ((int x, int y, int z) in new[] { (7, 11, 13), (1, 1, 67), (4, 0, 4) })
        {
            VisitEveryIndex(device, x, y, z);
        }
    }

    private static void VisitEveryIndex(Device device, int x, int y, int z)
    {
        using DeviceBuffer<int> buffer = device.Allocate<int>(x * y * z);

        Load(device, nameof(DriverKernels.Pack3D)).Launch(device.DefaultStream, new Index3D(x, y, z), buffer.View, x, y);

        Assert.Equal(
            Enumerable.Range(0, x * y * z).Select(i => (10000 * (i / x / y)) + (100 * (i / x % y)) + (i % x) + 1), Read(buffer));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Launch_ViewOfAPart_TouchesThatPartAlone(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<int> buffer = device.Allocate<int>(40);

        Load(device, nameof(DriverKernels.AddIndex)).Launch(device.DefaultStream, (Index1D)7, buffer.View.SubView(3, 30).SubView(8, 7), 100);

        Assert.Equal(Enumerable.Range(0, 40).Select(i => i is >= 11 and < 18 ? i - 11 + 100 : 0), Read(buffer));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Launch_ViewsOfEveryForm_KnowTheirLengthsAndElements(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<long> result = device.Allocate<long>(6);
        using DeviceBuffer<float> values = device.Allocate<float>(20);
        values.CopyFrom([.. Enumerable.Range(0, 20).Select(i => (float)i)]);
        ArrayView1D<float, Stride1D.General> strided = new(values.View.SubView(2), 5, new Stride1D.General(3));
        ArrayView2D<float, Stride2D.DenseY> rows = ((ArrayView1D<float, Stride1D.Dense>)values.View.SubView(4)).As2DDenseYView(new LongIndex2D(3, 5));

        Load(device, nameof(DriverKernels.Lengths)).Launch(
            device.DefaultStream, (Index1D)1, result.View, ArrayView<float>.Empty, strided, rows);

        Assert.Equal([0, 5, 3, 5, 2 + 6, 4 + 5 + 2], Read(result));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Launch_ScalarsOfEveryType_ArriveAsTheyAre(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<double> result = device.Allocate<double>(15);
        using DeviceBuffer<int> views = device.Allocate<int>(4);
        views.CopyFrom([5, 6, 7, 8]);
        DriverKernels.Nested nested = new() { First = 1.5f, Inner = new() { Second = -9_000_000_000L, Views = views.View.SubView(2) } };

        Load(device, nameof(DriverKernels.Scalars)).Launch(
            device.DefaultStream, (Index1D)1, result.View, true, (sbyte)-7, (byte)200, (short)-30000, (ushort)60000, 4_000_000_000u,
            -5_000_000_000L, 1ul << 60, 0.25f, -1e100, DriverKernels.Size.Large, nested, new SpecializedValue<int>(-42));

        Assert.Equal(
            [1, -7, 200, -30000, 60000, 4e9, -5e9, 1ul << 60, 0.25, -1e100, 200, 1.5, -9e9, -42, 8], Read(result));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void LaunchGrouped_ExactGrid_GivesEachGroupItsSharedMemory(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<int> buffer = device.Allocate<int>(48);
        buffer.CopyFrom([.. Enumerable.Range(0, 48)]);

        Load(device, nameof(DriverKernels.Reverse)).Launch(device.DefaultStream, new KernelConfig(new Index1D(3), new Index1D(16)), buffer.View);

        Assert.Equal(Enumerable.Range(0, 48).Select(i => (i / 16 * 16) + 15 - (i % 16) + (1000 * (i / 16)) + 300000), Read(buffer));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void LaunchGrouped_GroupBeyondTheLimit_NamesTheLimit(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<int> buffer = device.Allocate<int>(1);
        int size = (int)test.MaximumGroupSize + 1;

        DeviceException error = Assert.Throws<DeviceException>(() => Load(device, nameof(DriverKernels.Reverse)).Launch(
            device.DefaultStream, new KernelConfig(new Index1D(1), new Index1D(size)), buffer.View));

        Assert.StartsWith($"DriverKernels.Reverse: groups of ({size}, 1, 1) work-items arrived, but this kernel's groups have at most ", error.Message);
    }

    [Theory]
    [MemberData(nameof(DriverDevices.NamesWith), new[] { 16, 33 }, MemberType = typeof(DriverDevices))]
    public void LaunchGrouped_DynamicSharedMemory_HasTheSizeOfTheLaunch(string name, int size)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<int> buffer = device.Allocate<int>(2 * size);
        buffer.CopyFrom([.. Enumerable.Range(0, 2 * size)]);
        KernelConfig config = new(new Index1D(2), new Index1D(size), SharedMemoryConfig.RequestDynamic<int>(size));

        Load(device, nameof(DriverKernels.ReverseInDynamicMemory)).Launch(device.DefaultStream, config, buffer.View);

        Assert.Equal(Enumerable.Range(0, 2 * size).Select(i => (i / size * size) + size - 1 - (i % size) + (1000 * size)), Read(buffer));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void LaunchGrouped_MoreSharedMemoryThanThereIs_NamesBoth(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<int> buffer = device.Allocate<int>(1);
        int elements = (int)(test.MaximumSharedBytes / sizeof(int)) + 1;
        KernelConfig config = new(new Index1D(1), new Index1D(1), SharedMemoryConfig.RequestDynamic<int>(elements));

        DeviceException error = Assert.Throws<DeviceException>(
            () => Load(device, nameof(DriverKernels.ReverseInDynamicMemory)).Launch(device.DefaultStream, config, buffer.View));

        Assert.StartsWith(
            $"DriverKernels.ReverseInDynamicMemory: a launch whose groups need {4L * elements} bytes of shared memory arrived, but {device.Id} has ", error.Message);
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Launch_ViewOfStructs_FindsEachField(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<DriverKernels.Mixed> buffer = device.Allocate<DriverKernels.Mixed>(9);

        Load(device, nameof(DriverKernels.FillStructs)).Launch(device.DefaultStream, (Index1D)5, buffer.View.SubView(3, 5));

        Assert.Equal(
            Enumerable.Range(0, 9).Select(i => i is >= 3 and < 8 ? new DriverKernels.Mixed((byte)(i - 3), -0.5 * (i - 3), i + 4) : default), Read(buffer));
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Launch_ViewOfAnotherDevice_NamesBoth(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DriverTestDevice second = DriverDevices.Open(name);
        Device twin = second.Device;
        using CpuDevice cpu = new(new CpuDeviceOptions { ThreadCount = 1 });
        LoadedKernel kernel = Load(device, nameof(DriverKernels.AddIndex));

        foreach (Device other in new Device[] { cpu, twin })
        {
            using DeviceBuffer<int> buffer = other.Allocate<int>(3);
            DeviceException error = Assert.Throws<DeviceException>(() => kernel.Launch(device.DefaultStream, (Index1D)3, buffer.View, 1));
            Assert.StartsWith(
                $"DriverKernels.AddIndex: a view of a buffer of 12 bytes on {other.Id} arrived, but {device.Id} reads its own memory alone.",
                error.Message);
        }
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Launch_ViewBetweenTwoElements_IsRefused(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        using DeviceBuffer<byte> buffer = device.Allocate<byte>(16);

        DeviceException error = Assert.Throws<DeviceException>(() => Load(device, nameof(DriverKernels.AddIndex)).Launch(
            device.DefaultStream, (Index1D)1, buffer.View.SubView(2).Cast<int>(), 1));

        Assert.StartsWith("DriverKernels.AddIndex: a view that begins at byte 2 of its buffer arrived", error.Message);
    }

    [Theory]
    [MemberData(nameof(DriverDevices.Names), MemberType = typeof(DriverDevices))]
    public void Load_BodyThatBreaksARule_IsRefusedWithItsId(string name)
    {
        using DriverTestDevice test = DriverDevices.Open(name);
        Device device = test.Device;
        MethodInfo method = Method(nameof(DriverKernels.Allocates));

        KernelNotSupportedException error = Assert.Throws<KernelNotSupportedException>(() => device.Load(method));
        SupportAnswer answer = device.Supports(KernelEntry.Read(method));

        Assert.False(answer.IsSupported);
        Assert.Equal(error.Message, answer.Reason);
    }

    private static MethodInfo Method(string name) => typeof(DriverKernels).GetMethod(name)!;

    private static LoadedKernel Load(Device device, string name) => device.Load(Method(name));

    private static T[] Read<T>(DeviceBuffer<T> buffer)
        where T : unmanaged
    {
        T[] values = new T[buffer.Length];
        buffer.CopyTo(values);
        return values;
    }
}
