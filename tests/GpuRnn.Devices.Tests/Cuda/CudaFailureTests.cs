using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Cuda.Native;
using GpuRnn.Devices.Tests.Drivers;
using GpuRnn.KernelModel;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Devices.Tests.Cuda;

public sealed class CudaFailureTests
{
    private const int InvalidValue = 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scenario_NothingFails_IsRightAndGivesEverythingBack(bool hasPools)
    {
        StandInDriver driver = new(new StandInSpecification { HasMemoryPools = hasPools });

        Assert.Equal(CudaScenario.Expected, CudaScenario.Run(driver));

        Assert.Equal([], driver.Problems);
        Assert.Equal([], driver.Leaks());
        Assert.Null(driver.Loss);
        Assert.Equal(nameof(driver.cuDevicePrimaryCtxRelease_v2), driver.Calls[^1]);
        Assert.True(LastOf(driver, nameof(driver.cuModuleUnload)) < LastOf(driver, nameof(driver.cuStreamDestroy_v2)));
    }

    [Theory]
    [InlineData(true, CudaCode.OutOfMemory)]
    [InlineData(true, InvalidValue)]
    [InlineData(true, CudaCode.LaunchFailed)]
    [InlineData(true, CudaCode.IllegalAddress)]
    [InlineData(true, CudaCode.EccUncorrectable)]
    [InlineData(true, CudaCode.Unknown)]
    [InlineData(true, CudaCode.InvalidPtx)]
    [InlineData(true, CudaCode.LaunchOutOfResources)]
    [InlineData(false, CudaCode.OutOfMemory)]
    [InlineData(false, CudaCode.LaunchFailed)]
    public void Scenario_AnyCallFails_IsTypedAndLeaksNothing(bool hasPools, int code)
    {
        StandInSpecification specification = new() { HasMemoryPools = hasPools };
        StandInDriver counted = new(specification);
        CudaScenario.Run(counted);
        for (int call = 0; call < counted.Calls.Count; call++)
        {
            StandInDriver driver = new(specification) { FailingCall = call, FailureCode = code };
            string name = counted.Calls[call];

            Exception? error = Record.Exception(() => CudaScenario.Run(driver));

            string where = $"call {call}, {name}, gave {code}: {error?.Message}";
            Assert.True(driver.Problems.Count == 0, $"{string.Join("; ", driver.Problems)} ({where})");
            Assert.True(driver.Leaks().Count == 0, $"{string.Join("; ", driver.Leaks())} ({where})");
            Assert.True(IsExpected(error, name, code, driver), where);
            HoldWhatFollows(driver, code, where);
        }
    }

    [Fact]
    public void Loss_OnOneDevice_EndsCudaForTheProcessAndSaysSo()
    {
        StandInDriver driver = new(new StandInSpecification { DeviceCount = 2 });
        IReadOnlyList<CudaDeviceInformation> devices = CudaDeviceInformation.List(driver, out _);
        using CudaDevice first = new(devices[0]);
        using CudaDevice second = new(devices[1]);
        using DeviceBuffer<int> buffer = second.Allocate<int>(4);

        driver.FailingCall = driver.Calls.Count + 1;
        driver.FailureCode = CudaCode.IllegalAddress;
        DeviceLostException loss = Assert.Throws<DeviceLostException>(() => first.DefaultStream.Synchronize());

        Assert.Equal(
            "cuda:0.cuStreamSynchronize: CUDA_ERROR_700 (700) arrived, but CUDA_SUCCESS was needed. The GPU failed, or a kernel touched memory that is not "
            + "its own; CUDA refuses every further call of this process. Restart the process and resume from a checkpoint; devices that are not CUDA's go on.",
            loss.Message);
        Assert.Equal(("cuStreamSynchronize", CudaCode.IllegalAddress, "cuda:0"), (loss.Call, loss.Code, loss.DeviceId));
        Assert.Equal(loss.Message, Assert.Throws<DeviceLostException>(() => buffer.CopyFrom([1])).Message);
        Assert.Throws<DeviceLostException>(() => second.Allocate<int>(1));
        SupportAnswer answer = CudaDeviceInformation.List(driver, out _) is [CudaDeviceInformation again, ..] ? again.Answer : default;
        Assert.False(answer.IsSupported);
        Assert.Throws<DeviceLostException>(() => new CudaDevice(devices[0]));
    }

    [Fact]
    public void Load_TextThatTheAssemblerRefuses_ShowsItsLogBesideOurLine()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        StandInDriver driver = test.StandIn!;
        driver.FailingCall = driver.Calls.Count + 1;
        driver.FailureCode = CudaCode.InvalidPtx;
        driver.FailureLog = "ptxas application ptx input, line 2; error   : Unknown symbol 'x'\nptxas fatal   : Ptx assembly aborted due to errors";

        KernelBuildException error = Assert.Throws<KernelBuildException>(
            () => test.Device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!));

        Assert.Equal(("DriverKernels.AddIndex", 2, driver.FailureLog), (error.Kernel, error.Line, error.Log));
        Assert.StartsWith(
            "cuda:0.Load: the driver's compiler refused the text of DriverKernels.AddIndex at line 2, \".target sm_80\": Unknown symbol 'x'. Text that builds",
            error.Message,
            StringComparison.Ordinal);
        Assert.NotNull(test.Device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!));
    }

    [Theory]
    [InlineData(CudaCode.JitCompilerNotFound, "libnvidia-ptxjitcompiler.so.1 or nvptxJitCompiler, was not found. Install it with the driver;")]
    [InlineData(CudaCode.JitCompilationDisabled, "The driver was told not to compile. Unset CUDA_DISABLE_PTX_JIT and CUDA_DISABLE_JIT.")]
    public void Load_DriverWithoutItsCompiler_SaysWhatToDo(int code, string remedy)
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        test.StandIn!.FailingCall = test.StandIn.Calls.Count + 1;
        test.StandIn.FailureCode = code;

        DeviceCallException error = Assert.Throws<DeviceCallException>(
            () => test.Device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!));

        Assert.StartsWith($"cuda:0.cuModuleLoadDataEx for DriverKernels.AddIndex: CUDA_ERROR_{code} ({code}) arrived, ", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ptxas fatal   : Unresolved extern function 'f'", null, "Unresolved extern function 'f'")]
    [InlineData("ptxas application ptx input, line 77; error   : beyond", null, "beyond")]
    [InlineData("CUDA_ERROR_INVALID_IMAGE (200)", null, "CUDA_ERROR_INVALID_IMAGE (200)")]
    public void Refused_OtherLogs_AreShown(string log, int? line, string reason)
    {
        KernelBuildException error = CudaBuild.Refused("cuda:0", "K", "one\ntwo", log);

        Assert.Equal(line, error.Line);
        Assert.Contains($": {reason}. Text that builds was needed.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Allocate_MoreThanThereIs_NamesTheBytesAndGoesOn(bool hasPools)
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification { HasMemoryPools = hasPools, MemoryBytes = 1 << 20 });
        using DeviceBuffer<byte> half = test.Device.Allocate<byte>(400_000);

        OutOfDeviceMemoryException error = Assert.Throws<OutOfDeviceMemoryException>(() => test.Device.Allocate<byte>(900_000));

        Assert.StartsWith("cuda:0.Allocate: 900000 bytes were asked for beside 400000 in use, but the memory is not there.", error.Message);
        Assert.Equal(900_000, error.RequestedBytes);
        half.Dispose();

        // What was given back in one piece serves another size.
        test.Device.Allocate<byte>(900_000).Dispose();
        Assert.Equal((0L, 0), (test.Device.AllocatedBytes, test.Device.LiveBufferCount));
    }

    private static int LastOf(StandInDriver driver, string call) => driver.Calls.ToList().LastIndexOf(call);

    // A call that gives something back, or only asks what there is, tells nobody; memory that is short is looked for once more.
    private static bool IsExpected(Exception? error, string call, int code, StandInDriver driver)
    {
        bool isQuestion = call.StartsWith("cuDeviceGet", StringComparison.Ordinal) || call is "cuInit" or "cuDriverGetVersion" or "cuDeviceTotalMem_v2";
        if (error is null || isQuestion)
        {
            bool isRelease = call.Contains("Destroy", StringComparison.Ordinal) || call.Contains("Free", StringComparison.Ordinal)
                || call.Contains("Release", StringComparison.Ordinal) || call is "cuModuleUnload" or "cuCtxSetCurrent" or "cuStreamSynchronize";
            bool isSecondTry = code == CudaCode.OutOfMemory && call.StartsWith("cuMemAlloc", StringComparison.Ordinal);
            bool isReplacedByAWait = driver.Calls.Count > 0 && call is "cuEventCreate" or "cuEventRecord" or "cuStreamWaitEvent";
            return isQuestion ? error is null or DeviceException : isRelease || isSecondTry || isReplacedByAWait;
        }

        return code switch
        {
            _ when CudaCode.IsSticky(code) => error is DeviceLostException,
            CudaCode.OutOfMemory => error is OutOfDeviceMemoryException,
            CudaCode.InvalidPtx when call == "cuModuleLoadDataEx" => error is KernelBuildException,
            _ => error is DeviceCallException and not DeviceLostException,
        };
    }

    private static void HoldWhatFollows(StandInDriver driver, int code, string where)
    {
        driver.FailingCall = -1;
        if (CudaCode.IsSticky(code))
        {
            Assert.True(CudaScenario.Run(driver) is null, where);
            return;
        }

        Assert.True(driver.Loss is null, where);
        Assert.Equal(CudaScenario.Expected, CudaScenario.Run(driver));
    }
}
