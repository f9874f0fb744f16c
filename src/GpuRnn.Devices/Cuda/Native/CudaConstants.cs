namespace GpuRnn.Devices.Cuda.Native;

/// <summary>Numbers of cuda.h (CUDA 12.6); they never changed since they were introduced.</summary>
internal static class CudaConstants
{
    /// <summary>
    /// The oldest driver, as cuDriverGetVersion counts: the first in which memory pools (11.2) and cuGraphInstantiateWithFlags (11.4) are there.
    /// </summary>
    internal const int OldestDriver = 11040;
    internal const string OldestDriverText = "11.4";

    /// <summary>CUdevice_attribute: CU_DEVICE_ATTRIBUTE_*.</summary>
    internal const int MaximumThreadsPerBlock = 1;
    internal const int MaximumBlockX = 2;
    internal const int MaximumBlockY = 3;
    internal const int MaximumBlockZ = 4;
    internal const int MaximumGridX = 5;
    internal const int MaximumGridY = 6;
    internal const int MaximumGridZ = 7;
    internal const int MaximumSharedMemoryPerBlock = 8;
    internal const int MaximumRegistersPerBlock = 12;
    internal const int ClockRateInKilohertz = 13;
    internal const int MultiprocessorCount = 16;
    internal const int ComputeMode = 20;
    internal const int MemoryClockRateInKilohertz = 36;
    internal const int MemoryBusWidthInBits = 37;
    internal const int L2CacheBytes = 38;
    internal const int MaximumThreadsPerMultiprocessor = 39;
    internal const int CapabilityMajor = 75;
    internal const int CapabilityMinor = 76;
    internal const int MaximumSharedMemoryPerMultiprocessor = 81;
    internal const int MaximumRegistersPerMultiprocessor = 82;
    internal const int CooperativeLaunch = 95;
    internal const int MaximumSharedMemoryPerBlockOptIn = 97;
    internal const int MemoryPoolsSupported = 115;

    /// <summary>CU_COMPUTEMODE_PROHIBITED.</summary>
    internal const int ComputeProhibited = 2;

    /// <summary>CUstream_flags: CU_STREAM_NON_BLOCKING, no waiting for the stream that is called 0.</summary>
    internal const uint StreamNonBlocking = 1;

    /// <summary>CUstreamCaptureMode: CU_STREAM_CAPTURE_MODE_RELAXED. Our own checks are stricter where it matters.</summary>
    internal const int CaptureRelaxed = 2;

    /// <summary>CUevent_flags: CU_EVENT_DEFAULT, with times, and CU_EVENT_DISABLE_TIMING.</summary>
    internal const uint EventWithTime = 0;
    internal const uint EventWithoutTime = 2;

    /// <summary>CU_MEM_ALLOCATION_TYPE_PINNED, which is memory of the device here, and CU_MEM_LOCATION_TYPE_DEVICE.</summary>
    internal const int AllocationPinned = 1;
    internal const int LocationDevice = 1;

    /// <summary>CUmemPool_attribute: CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, a cuuint64_t.</summary>
    internal const int PoolReleaseThreshold = 4;

    /// <summary>CUjit_option: CU_JIT_*; sizes are passed by value in the place of a pointer.</summary>
    internal const int JitInfoLog = 3;
    internal const int JitInfoLogBytes = 4;
    internal const int JitErrorLog = 5;
    internal const int JitErrorLogBytes = 6;

    /// <summary>CUfunction_attribute: CU_FUNC_ATTRIBUTE_*.</summary>
    internal const int FunctionMaximumThreads = 0;
    internal const int FunctionSharedBytes = 1;
    internal const int FunctionLocalBytes = 3;
    internal const int FunctionRegisters = 4;
    internal const int FunctionMaximumDynamicSharedBytes = 8;
}
