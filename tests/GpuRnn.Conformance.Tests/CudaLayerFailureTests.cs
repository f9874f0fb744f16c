using GpuRnn.Compiler.Caching;
using GpuRnn.Composition;
using GpuRnn.Conformance.Layers;
using GpuRnn.Devices;
using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Cuda.Native;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Conformance.Tests;

/// <summary>Forward and backward of a whole layer, with calls of every function of the driver and of cuBLAS failing in turn.</summary>
public sealed class CudaLayerFailureTests : IDisposable
{
    // All 751 calls take a processor 15 s for each code, and did pass; each function's first and last and one in so many others take 2 s.
    private const int Stride = 16;

    // The bookkeeping is what counts here, so kernels are queued and not interpreted.
    private static readonly StandInSpecification s_specification = new() { HasCublas = true, RunsKernels = false, MemoryBytes = 256 << 20 };

    private static readonly RecurrentCase s_layer = new(new RecurrentVariant(Cells.Lstm, 1, false, false, false, true, false, 2, 3, 5, 7));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gpurnn-failures-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(CudaCode.OutOfMemory)]
    [InlineData(CudaCode.LaunchFailed)]
    public void Layer_EachFunctionFails_IsTypedAndLeaksNothing(int code)
    {
        StandInDriver counted = new(s_specification);
        Run(counted);
        string[] calls = [.. counted.Calls];
        Assert.Equal([], counted.Leaks());
        Assert.Contains("cublasSgemm_v2", calls);
        Assert.Contains("cuLaunchKernel", calls);

        IEnumerable<int> spread = Enumerable.Range(0, calls.Length).Where(call => call % Stride == code % Stride);
        IEnumerable<int> ends = calls.Distinct().SelectMany(name => new[] { Array.IndexOf(calls, name), Array.LastIndexOf(calls, name) });
        foreach (int call in ends.Union(spread))
        {
            StandInDriver driver = new(s_specification) { FailingCall = call, FailureCode = code };

            Exception? error = Record.Exception(() => Run(driver));

            // What a constructor had begun when it failed is for the finalizers.
            if (driver.Leaks().Count > 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            string where = $"call {call}, {calls[call]}, gave {code}: {error}";
            Assert.True(error is null or DeviceException, where);
            Assert.True(driver.Problems.Count == 0, $"{string.Join("; ", driver.Problems)} ({where})");
            Assert.True(driver.Leaks().Count == 0, $"{string.Join("; ", driver.Leaks())} ({where})");
            Assert.True(IsQuestion(calls[call]) || driver.Loss is not null == CudaCode.IsSticky(code), where);
            bool mustBeTold = calls[call].StartsWith("cuLaunch", StringComparison.Ordinal) || calls[call].Contains("emm", StringComparison.Ordinal)
                || calls[call].StartsWith("cuMemcpy", StringComparison.Ordinal) || calls[call].StartsWith("cuMemset", StringComparison.Ordinal);
            Assert.True(error is not null || !mustBeTold, where);
        }
    }

    // A list of devices is empty, or holds less, where a question fails: nothing was opened that could be lost.
    private static bool IsQuestion(string call) =>
        call.StartsWith("cuDeviceGet", StringComparison.Ordinal) || call is "cuInit" or "cuDriverGetVersion" or "cuDeviceTotalMem_v2";

    private void Run(StandInDriver driver)
    {
        if (CudaDeviceInformation.List(driver, out _).FirstOrDefault(device => device.Answer.IsSupported) is CudaDeviceInformation information)
        {
            using CudaDevice device = new(information, new KernelCache(_folder.FullName));
            DeviceCatalog.Equip(device);
            s_layer.Run(device);
        }
    }
}
