namespace GpuRnn.Devices.Cuda.Native;

/// <summary>The entry points of the CUDA driver that this project calls, so that something else can stand in for the driver.</summary>
/// <remarks>
/// Names, order and types of the parameters are those of cuda.h (CUDA 12.6), under the names that its macros give: a suffix such as <c>_v2</c>
/// belongs to the exported symbol. CUresult and enumerations are 32 bits, CUdevice is an int, CUdeviceptr 64 bits, all other handles pointers.
/// </remarks>
internal abstract unsafe class CudaDriver
{
    private DeviceLostException? _loss;

    /// <summary>What made CUDA unusable in this process; null while nothing did.</summary>
    internal DeviceLostException? Loss => Volatile.Read(ref _loss);

    /// <summary>Remembers the first loss: all contexts of a process share the fate of the one that failed.</summary>
    internal void Lose(DeviceLostException loss) => Interlocked.CompareExchange(ref _loss, loss, null);

    /// <summary>The matrix products that belong to the driver, null where there are none; <paramref name="absence"/> then says why.</summary>
    internal abstract CublasDriver? FindCublas(out string? absence);

    internal abstract int cuInit(uint flags);

    internal abstract int cuDriverGetVersion(int* version);

    internal abstract int cuGetErrorName(int error, byte** name);

    internal abstract int cuGetErrorString(int error, byte** text);

    internal abstract int cuDeviceGetCount(int* count);

    internal abstract int cuDeviceGet(int* device, int ordinal);

    internal abstract int cuDeviceGetName(byte* name, int length, int device);

    internal abstract int cuDeviceTotalMem_v2(nuint* bytes, int device);

    internal abstract int cuDeviceGetAttribute(int* value, int attribute, int device);

    internal abstract int cuDevicePrimaryCtxRetain(nint* context, int device);

    internal abstract int cuDevicePrimaryCtxRelease_v2(int device);

    internal abstract int cuCtxSetCurrent(nint context);

    internal abstract int cuStreamCreate(nint* stream, uint flags);

    internal abstract int cuStreamDestroy_v2(nint stream);

    internal abstract int cuStreamSynchronize(nint stream);

    internal abstract int cuStreamWaitEvent(nint stream, nint happening, uint flags);

    internal abstract int cuStreamBeginCapture_v2(nint stream, int mode);

    internal abstract int cuStreamEndCapture(nint stream, nint* graph);

    internal abstract int cuEventCreate(nint* happening, uint flags);

    internal abstract int cuEventDestroy_v2(nint happening);

    internal abstract int cuEventRecord(nint happening, nint stream);

    internal abstract int cuEventQuery(nint happening);

    internal abstract int cuEventSynchronize(nint happening);

    internal abstract int cuEventElapsedTime(float* milliseconds, nint start, nint end);

    internal abstract int cuMemAlloc_v2(ulong* address, nuint bytes);

    internal abstract int cuMemFree_v2(ulong address);

    internal abstract int cuMemHostAlloc(void** address, nuint bytes, uint flags);

    internal abstract int cuMemFreeHost(void* address);

    internal abstract int cuMemPoolCreate(nint* pool, CudaPoolProperties* properties);

    internal abstract int cuMemPoolSetAttribute(nint pool, int attribute, void* value);

    internal abstract int cuMemPoolTrimTo(nint pool, nuint bytesToKeep);

    internal abstract int cuMemPoolDestroy(nint pool);

    internal abstract int cuMemAllocFromPoolAsync(ulong* address, nuint bytes, nint pool, nint stream);

    internal abstract int cuMemFreeAsync(ulong address, nint stream);

    internal abstract int cuMemcpyHtoDAsync_v2(ulong target, void* source, nuint bytes, nint stream);

    internal abstract int cuMemcpyDtoHAsync_v2(void* target, ulong source, nuint bytes, nint stream);

    internal abstract int cuMemsetD8Async(ulong target, byte value, nuint count, nint stream);

    internal abstract int cuModuleLoadDataEx(nint* module, void* image, uint optionCount, int* options, void** values);

    internal abstract int cuModuleUnload(nint module);

    internal abstract int cuModuleGetFunction(nint* function, nint module, byte* name);

    internal abstract int cuFuncGetAttribute(int* value, int attribute, nint function);

    internal abstract int cuFuncSetAttribute(nint function, int attribute, int value);

    internal abstract int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, nint function, int blockSize, nuint dynamicSharedBytes);

    internal abstract int cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream,
        void** parameters, void** extra);

    internal abstract int cuLaunchCooperativeKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream,
        void** parameters);

    internal abstract int cuGraphGetNodes(nint graph, nint* nodes, nuint* count);

    internal abstract int cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);

    internal abstract int cuGraphLaunch(nint executable, nint stream);

    internal abstract int cuGraphExecDestroy(nint executable);

    internal abstract int cuGraphDestroy(nint graph);
}
