namespace GpuRnn.Devices.OpenCl.Native;

/// <summary>Result codes with a meaning of their own for the device; the rest only have a name.</summary>
internal static class OpenClCode
{
    internal const int Success = 0;
    internal const int DeviceNotFound = -1;
    internal const int DeviceNotAvailable = -2;
    internal const int AllocationFailure = -4;
    internal const int OutOfResources = -5;
    internal const int OutOfHostMemory = -6;
    internal const int BuildFailure = -11;
    internal const int FailedInWaitList = -14;
    internal const int InvalidCommandQueue = -36;
    internal const int InvalidBufferSize = -61;

    /// <summary>The loader found no driver at all.</summary>
    internal const int NoPlatform = -1001;

    /// <summary>What NVIDIA's driver gives after a kernel touched memory that is not its own.</summary>
    internal const int IllegalAccess = -9999;

    private static readonly Dictionary<int, string> s_names = new()
    {
        [DeviceNotFound] = "CL_DEVICE_NOT_FOUND",
        [DeviceNotAvailable] = "CL_DEVICE_NOT_AVAILABLE",
        [-3] = "CL_COMPILER_NOT_AVAILABLE",
        [AllocationFailure] = "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        [OutOfResources] = "CL_OUT_OF_RESOURCES",
        [OutOfHostMemory] = "CL_OUT_OF_HOST_MEMORY",
        [-7] = "CL_PROFILING_INFO_NOT_AVAILABLE",
        [BuildFailure] = "CL_BUILD_PROGRAM_FAILURE",
        [-12] = "CL_MAP_FAILURE",
        [FailedInWaitList] = "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        [-30] = "CL_INVALID_VALUE",
        [-33] = "CL_INVALID_DEVICE",
        [-34] = "CL_INVALID_CONTEXT",
        [InvalidCommandQueue] = "CL_INVALID_COMMAND_QUEUE",
        [-38] = "CL_INVALID_MEM_OBJECT",
        [-43] = "CL_INVALID_BUILD_OPTIONS",
        [-45] = "CL_INVALID_PROGRAM_EXECUTABLE",
        [-46] = "CL_INVALID_KERNEL_NAME",
        [-48] = "CL_INVALID_KERNEL",
        [-49] = "CL_INVALID_ARG_INDEX",
        [-50] = "CL_INVALID_ARG_VALUE",
        [-51] = "CL_INVALID_ARG_SIZE",
        [-52] = "CL_INVALID_KERNEL_ARGS",
        [-54] = "CL_INVALID_WORK_GROUP_SIZE",
        [-55] = "CL_INVALID_WORK_ITEM_SIZE",
        [-59] = "CL_INVALID_OPERATION",
        [InvalidBufferSize] = "CL_INVALID_BUFFER_SIZE",
        [-63] = "CL_INVALID_GLOBAL_WORK_SIZE",
        [NoPlatform] = "CL_PLATFORM_NOT_FOUND_KHR",
    };

    internal static string NameOf(int code) => s_names.TryGetValue(code, out string? name) ? $"{name} ({code})" : $"code {code}";
}
