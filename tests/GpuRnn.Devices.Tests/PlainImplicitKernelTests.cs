using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

/// <summary>Launches by index of kernels as plain C#, which alone may throw.</summary>
public sealed class PlainImplicitKernelTests() : ImplicitKernelTests(CpuKernelMode.Plain)
{
    [Theory]
    [InlineData(10, 7)]
    [InlineData(5000, 4321)]
    public void Launch_KernelThrows_NamesKernelAndIndex(int size, int failing)
    {
        using DeviceBuffer<int> buffer = Device.Allocate<int>(1);

        KernelExecutionException exception = Assert.Throws<KernelExecutionException>(
            () => Load(nameof(Kernels.ThrowAt)).Launch(Device.DefaultStream, size, buffer.View, failing));

        Assert.Equal(
            $"ImplicitKernelTests.Kernels.ThrowAt: index {failing} threw ArithmeticException, but a kernel must not throw. the test's failure",
            exception.Message);
        Assert.IsType<ArithmeticException>(exception.InnerException);
    }

    [Fact]
    public void Launch_AfterAFailure_WorksAgain()
    {
        using DeviceBuffer<int> buffer = Device.Allocate<int>(5000);
        Assert.Throws<KernelExecutionException>(() => Load(nameof(Kernels.ThrowAt)).Launch(Device.DefaultStream, 5000, buffer.View, 1));
        Load(nameof(Kernels.AddIndex)).Launch(Device.DefaultStream, 5000, buffer.View, 0);
        int[] result = new int[5000];
        buffer.CopyTo(result);

        Assert.Equal(Enumerable.Range(0, 5000), result);
    }

    [Fact]
    public void Launch_KernelThrowsIn2D_NamesBothComponents()
    {
        KernelExecutionException exception = Assert.Throws<KernelExecutionException>(
            () => Load(nameof(Kernels.ThrowAt2D)).Launch(Device.DefaultStream, new Index2D(40, 50), 3, 2));

        Assert.Equal("index (3, 2)", exception.Position);
    }
}
