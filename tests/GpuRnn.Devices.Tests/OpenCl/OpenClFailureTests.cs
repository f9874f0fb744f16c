using GpuRnn.Devices.Native;
using GpuRnn.Devices.OpenCl;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests.OpenCl;

public sealed class OpenClFailureTests
{
    private const int DeviceNotAvailable = -2;
    private const int AllocationFailure = -4;
    private const int OutOfResources = -5;
    private const int InvalidCommandQueue = -36;
    private const int InvalidArgument = -50;

    [Fact]
    public void Of_CodesThatMeanLoss_AreDeviceLost()
    {
        foreach ((string call, int code) in new[]
        {
            ("clEnqueueNDRangeKernel", DeviceNotAvailable), ("clEnqueueNDRangeKernel", InvalidCommandQueue), ("clFinish", OutOfResources), ("clFinish", -9999),
        })
        {
            DeviceLostException loss = Assert.IsType<DeviceLostException>(OpenClFailure.Of("opencl:3", call, code, "Scale.Forward"));
            Assert.Equal((call, code, "opencl:3", "Scale.Forward"), (loss.Call, loss.Code, loss.DeviceId, loss.Kernel));
        }
    }

    [Fact]
    public void Of_MemoryCodes_AreOutOfMemory()
    {
        Assert.StartsWith(
            "opencl:0.clEnqueueNDRangeKernel for Scale.Forward: CL_MEM_OBJECT_ALLOCATION_FAILURE (-4) arrived, but CL_SUCCESS was needed. Use a smaller batch",
            Assert.IsType<OutOfDeviceMemoryException>(OpenClFailure.Of("opencl:0", "clEnqueueNDRangeKernel", AllocationFailure, "Scale.Forward")).Message);
        Assert.IsType<OutOfDeviceMemoryException>(OpenClFailure.Of("opencl:0", "clEnqueueNDRangeKernel", OutOfResources, null));
    }

    [Fact]
    public void Of_AnyOtherCode_KeepsCallCodeDeviceAndKernel()
    {
        DeviceCallException error = Assert.IsType<DeviceCallException>(OpenClFailure.Of("opencl:0", "clSetKernelArg", InvalidArgument, "Scale.Forward"));

        Assert.Equal(
            "opencl:0.clSetKernelArg for Scale.Forward: CL_INVALID_ARG_VALUE (-50) arrived, but CL_SUCCESS was needed. "
            + "Update the driver; report this with the names of driver and device if it stays.",
            error.Message);
        Assert.Equal(("clSetKernelArg", InvalidArgument, "opencl:0", "Scale.Forward"), (error.Call, error.Code, error.DeviceId, error.Kernel));
        Assert.Contains("code -4242 arrived", OpenClFailure.Of("opencl:0", "clFlush", -4242, null).Message, StringComparison.Ordinal);
    }

    [OpenClFact]
    public void Loss_OnceSeen_IsThrownByEveryLaterCall()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<float> buffer = device.Allocate<float>(4);

        Assert.Throws<DeviceLostException>(() => device.Require(InvalidCommandQueue, "clFlush"));

        Assert.Equal("clFlush", Assert.Throws<DeviceLostException>(() => buffer.CopyFrom([1f])).Call);
        Assert.Throws<DeviceLostException>(() => buffer.CopyTo(new float[1]));
        Assert.Throws<DeviceLostException>(() => device.Allocate<float>(1));
        Assert.Throws<DeviceLostException>(() => device.DefaultStream.Synchronize());
        buffer.Dispose();
        Assert.Equal(0, device.AllocatedBytes);
    }

    [OpenClFact]
    public void Build_TextThatIsWrong_ShowsTheDriversLogBesideOurLine()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        const string Text = "// Broken.Forward\n__kernel void Broken(__global float* result)\n{\n    result[0] = missing + 1;\n}\n";

        KernelBuildException error = Assert.Throws<KernelBuildException>(() => OpenClBuild.BuildKernel(device, "Broken.Forward", Text, "Broken"));

        Assert.Equal(("Broken.Forward", Text, 4), (error.Kernel, error.Text, error.Line));
        Assert.Contains("missing", error.Log, StringComparison.Ordinal);
        Assert.StartsWith(
            $"{device.Id}.Load: the driver's compiler refused the text of Broken.Forward at line 4, \"result[0] = missing + 1;\": ", error.Message);
    }

    [Theory]
    [InlineData("/tmp/tempfile_ab.cl:2:5: error: use of undeclared identifier 'x'", 2, "use of undeclared identifier 'x'")]
    [InlineData("warning: 7 things\ninput.cl:1:17: warning: unused\n<kernel>:3:1: error: expected ';'\n", 3, "expected ';'")]
    [InlineData("<program source>:2:10: fatal error: 'x.h' file not found", 2, "'x.h' file not found")]
    [InlineData("1 warning.\nerror: /root/.cache/a.cl:3:17: use of undeclared identifier 'y'", 3, "use of undeclared identifier 'y'")]
    [InlineData("(3) : error C1234: bad", 3, "C1234: bad")]
    [InlineData("ptxas says no", null, "ptxas says no")]
    [InlineData("a.cl:99:1: error: beyond the text", null, "beyond the text")]
    public void Refused_LogsOfSeveralCompilers_NameTheLine(string log, int? line, string reason)
    {
        KernelBuildException error = OpenClBuild.Refused("opencl:0", "K", "one\ntwo\nthree", log);

        Assert.Equal(line, error.Line);
        Assert.Contains($": {reason}. Text that builds was needed.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OpenCL 1.2 PoCL", true)]
    [InlineData("OpenCL 3.0 CUDA", true)]
    [InlineData("OpenCL 1.1 Mesa", false)]
    [InlineData("OpenCL", false)]
    [InlineData("", false)]
    public void Version_BelowOnePointTwo_IsNotEnough(string version, bool isEnough) =>
        Assert.Equal(isEnough, OpenClDeviceInformation.IsVersionEnough(version));

    [Fact]
    public void Library_ThatIsNotThere_IsAReasonAndNoFailure()
    {
        Assert.Equal("libNothingOfThatName.so.7 was not found", DriverLibrary.AbsenceOf(["libNothingOfThatName.so.7"]));
        Assert.Equal("libNoA.so and libNoB.so were not found", DriverLibrary.AbsenceOf(["libNoA.so", "libNoB.so"]));
    }

    [OpenClFact]
    public void List_EveryDevice_TellsItsLimitsAndWhetherItCanBeUsed()
    {
        IReadOnlyList<OpenClDeviceInformation> devices = OpenClDeviceInformation.List(out string? absence);

        Assert.Null(absence);
        Assert.Equal(Enumerable.Range(0, devices.Count).Select(i => $"opencl:{i}"), devices.Select(device => device.Id));
        Assert.All(devices, device =>
        {
            Assert.NotEmpty(device.Answer.Reason);
            Assert.NotEmpty(device.Name);
            Assert.NotEmpty(device.Vendor);
            Assert.NotEmpty(device.PlatformName);
            Assert.True(device.MemoryBytes >= device.MaximumAllocationBytes && device.MaximumAllocationBytes > 0);
            Assert.True(device.MaximumGroupSize > 0 && device.MaximumGroupExtents.All(extent => extent > 0));
            Assert.True(device.LocalMemoryBytes > 0 && device.ComputeUnitCount > 0);
        });
    }
}
