using GpuRnn.Devices.Native;

namespace GpuRnn.Devices.Cuda.Native;

/// <summary>The driver of this machine, by the addresses of its exported symbols.</summary>
internal sealed unsafe class CudaLibrary : CudaDriver
{
    private static readonly Lazy<(CudaLibrary? Driver, string? Absence)> s_ofProcess = new(Load);

    private readonly delegate* unmanaged<uint, int> _cuInit;
    private readonly delegate* unmanaged<int*, int> _cuDriverGetVersion;
    private readonly delegate* unmanaged<int, byte**, int> _cuGetErrorName;
    private readonly delegate* unmanaged<int, byte**, int> _cuGetErrorString;
    private readonly delegate* unmanaged<int*, int> _cuDeviceGetCount;
    private readonly delegate* unmanaged<int*, int, int> _cuDeviceGet;
    private readonly delegate* unmanaged<byte*, int, int, int> _cuDeviceGetName;
    private readonly delegate* unmanaged<nuint*, int, int> _cuDeviceTotalMem_v2;
    private readonly delegate* unmanaged<int*, int, int, int> _cuDeviceGetAttribute;
    private readonly delegate* unmanaged<nint*, int, int> _cuDevicePrimaryCtxRetain;
    private readonly delegate* unmanaged<int, int> _cuDevicePrimaryCtxRelease_v2;
    private readonly delegate* unmanaged<nint, int> _cuCtxSetCurrent;
    private readonly delegate* unmanaged<nint*, uint, int> _cuStreamCreate;
    private readonly delegate* unmanaged<nint, int> _cuStreamDestroy_v2;
    private readonly delegate* unmanaged<nint, int> _cuStreamSynchronize;
    private readonly delegate* unmanaged<nint, nint, uint, int> _cuStreamWaitEvent;
    private readonly delegate* unmanaged<nint, int, int> _cuStreamBeginCapture_v2;
    private readonly delegate* unmanaged<nint, nint*, int> _cuStreamEndCapture;
    private readonly delegate* unmanaged<nint*, uint, int> _cuEventCreate;
    private readonly delegate* unmanaged<nint, int> _cuEventDestroy_v2;
    private readonly delegate* unmanaged<nint, nint, int> _cuEventRecord;
    private readonly delegate* unmanaged<nint, int> _cuEventQuery;
    private readonly delegate* unmanaged<nint, int> _cuEventSynchronize;
    private readonly delegate* unmanaged<float*, nint, nint, int> _cuEventElapsedTime;
    private readonly delegate* unmanaged<ulong*, nuint, int> _cuMemAlloc_v2;
    private readonly delegate* unmanaged<ulong, int> _cuMemFree_v2;
    private readonly delegate* unmanaged<void**, nuint, uint, int> _cuMemHostAlloc;
    private readonly delegate* unmanaged<void*, int> _cuMemFreeHost;
    private readonly delegate* unmanaged<nint*, CudaPoolProperties*, int> _cuMemPoolCreate;
    private readonly delegate* unmanaged<nint, int, void*, int> _cuMemPoolSetAttribute;
    private readonly delegate* unmanaged<nint, nuint, int> _cuMemPoolTrimTo;
    private readonly delegate* unmanaged<nint, int> _cuMemPoolDestroy;
    private readonly delegate* unmanaged<ulong*, nuint, nint, nint, int> _cuMemAllocFromPoolAsync;
    private readonly delegate* unmanaged<ulong, nint, int> _cuMemFreeAsync;
    private readonly delegate* unmanaged<ulong, void*, nuint, nint, int> _cuMemcpyHtoDAsync_v2;
    private readonly delegate* unmanaged<void*, ulong, nuint, nint, int> _cuMemcpyDtoHAsync_v2;
    private readonly delegate* unmanaged<ulong, byte, nuint, nint, int> _cuMemsetD8Async;
    private readonly delegate* unmanaged<nint*, void*, uint, int*, void**, int> _cuModuleLoadDataEx;
    private readonly delegate* unmanaged<nint, int> _cuModuleUnload;
    private readonly delegate* unmanaged<nint*, nint, byte*, int> _cuModuleGetFunction;
    private readonly delegate* unmanaged<int*, int, nint, int> _cuFuncGetAttribute;
    private readonly delegate* unmanaged<nint, int, int, int> _cuFuncSetAttribute;
    private readonly delegate* unmanaged<int*, nint, int, nuint, int> _cuOccupancyMaxActiveBlocksPerMultiprocessor;
    private readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> _cuLaunchKernel;
    private readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, int> _cuLaunchCooperativeKernel;
    private readonly delegate* unmanaged<nint, nint*, nuint*, int> _cuGraphGetNodes;
    private readonly delegate* unmanaged<nint*, nint, ulong, int> _cuGraphInstantiateWithFlags;
    private readonly delegate* unmanaged<nint, nint, int> _cuGraphLaunch;
    private readonly delegate* unmanaged<nint, int> _cuGraphExecDestroy;
    private readonly delegate* unmanaged<nint, int> _cuGraphDestroy;

    private CudaLibrary(DriverExports exports)
    {
        _cuInit = (delegate* unmanaged<uint, int>)exports.Address("cuInit");
        _cuDriverGetVersion = (delegate* unmanaged<int*, int>)exports.Address("cuDriverGetVersion");
        _cuGetErrorName = (delegate* unmanaged<int, byte**, int>)exports.Address("cuGetErrorName");
        _cuGetErrorString = (delegate* unmanaged<int, byte**, int>)exports.Address("cuGetErrorString");
        _cuDeviceGetCount = (delegate* unmanaged<int*, int>)exports.Address("cuDeviceGetCount");
        _cuDeviceGet = (delegate* unmanaged<int*, int, int>)exports.Address("cuDeviceGet");
        _cuDeviceGetName = (delegate* unmanaged<byte*, int, int, int>)exports.Address("cuDeviceGetName");
        _cuDeviceTotalMem_v2 = (delegate* unmanaged<nuint*, int, int>)exports.Address("cuDeviceTotalMem_v2");
        _cuDeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)exports.Address("cuDeviceGetAttribute");
        _cuDevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)exports.Address("cuDevicePrimaryCtxRetain");
        _cuDevicePrimaryCtxRelease_v2 = (delegate* unmanaged<int, int>)exports.Address("cuDevicePrimaryCtxRelease_v2");
        _cuCtxSetCurrent = (delegate* unmanaged<nint, int>)exports.Address("cuCtxSetCurrent");
        _cuStreamCreate = (delegate* unmanaged<nint*, uint, int>)exports.Address("cuStreamCreate");
        _cuStreamDestroy_v2 = (delegate* unmanaged<nint, int>)exports.Address("cuStreamDestroy_v2");
        _cuStreamSynchronize = (delegate* unmanaged<nint, int>)exports.Address("cuStreamSynchronize");
        _cuStreamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)exports.Address("cuStreamWaitEvent");
        _cuStreamBeginCapture_v2 = (delegate* unmanaged<nint, int, int>)exports.Address("cuStreamBeginCapture_v2");
        _cuStreamEndCapture = (delegate* unmanaged<nint, nint*, int>)exports.Address("cuStreamEndCapture");
        _cuEventCreate = (delegate* unmanaged<nint*, uint, int>)exports.Address("cuEventCreate");
        _cuEventDestroy_v2 = (delegate* unmanaged<nint, int>)exports.Address("cuEventDestroy_v2");
        _cuEventRecord = (delegate* unmanaged<nint, nint, int>)exports.Address("cuEventRecord");
        _cuEventQuery = (delegate* unmanaged<nint, int>)exports.Address("cuEventQuery");
        _cuEventSynchronize = (delegate* unmanaged<nint, int>)exports.Address("cuEventSynchronize");
        _cuEventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)exports.Address("cuEventElapsedTime");
        _cuMemAlloc_v2 = (delegate* unmanaged<ulong*, nuint, int>)exports.Address("cuMemAlloc_v2");
        _cuMemFree_v2 = (delegate* unmanaged<ulong, int>)exports.Address("cuMemFree_v2");
        _cuMemHostAlloc = (delegate* unmanaged<void**, nuint, uint, int>)exports.Address("cuMemHostAlloc");
        _cuMemFreeHost = (delegate* unmanaged<void*, int>)exports.Address("cuMemFreeHost");
        _cuMemPoolCreate = (delegate* unmanaged<nint*, CudaPoolProperties*, int>)exports.Address("cuMemPoolCreate");
        _cuMemPoolSetAttribute = (delegate* unmanaged<nint, int, void*, int>)exports.Address("cuMemPoolSetAttribute");
        _cuMemPoolTrimTo = (delegate* unmanaged<nint, nuint, int>)exports.Address("cuMemPoolTrimTo");
        _cuMemPoolDestroy = (delegate* unmanaged<nint, int>)exports.Address("cuMemPoolDestroy");
        _cuMemAllocFromPoolAsync = (delegate* unmanaged<ulong*, nuint, nint, nint, int>)exports.Address("cuMemAllocFromPoolAsync");
        _cuMemFreeAsync = (delegate* unmanaged<ulong, nint, int>)exports.Address("cuMemFreeAsync");
        _cuMemcpyHtoDAsync_v2 = (delegate* unmanaged<ulong, void*, nuint, nint, int>)exports.Address("cuMemcpyHtoDAsync_v2");
        _cuMemcpyDtoHAsync_v2 = (delegate* unmanaged<void*, ulong, nuint, nint, int>)exports.Address("cuMemcpyDtoHAsync_v2");
        _cuMemsetD8Async = (delegate* unmanaged<ulong, byte, nuint, nint, int>)exports.Address("cuMemsetD8Async");
        _cuModuleLoadDataEx = (delegate* unmanaged<nint*, void*, uint, int*, void**, int>)exports.Address("cuModuleLoadDataEx");
        _cuModuleUnload = (delegate* unmanaged<nint, int>)exports.Address("cuModuleUnload");
        _cuModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)exports.Address("cuModuleGetFunction");
        _cuFuncGetAttribute = (delegate* unmanaged<int*, int, nint, int>)exports.Address("cuFuncGetAttribute");
        _cuFuncSetAttribute = (delegate* unmanaged<nint, int, int, int>)exports.Address("cuFuncSetAttribute");
        _cuOccupancyMaxActiveBlocksPerMultiprocessor = (delegate* unmanaged<
            int*, nint, int, nuint, int>)exports.Address("cuOccupancyMaxActiveBlocksPerMultiprocessor");
        _cuLaunchKernel = (delegate* unmanaged<
            nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)exports.Address("cuLaunchKernel");
        _cuLaunchCooperativeKernel = (delegate* unmanaged<
            nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, int>)exports.Address("cuLaunchCooperativeKernel");
        _cuGraphGetNodes = (delegate* unmanaged<nint, nint*, nuint*, int>)exports.Address("cuGraphGetNodes");
        _cuGraphInstantiateWithFlags = (delegate* unmanaged<nint*, nint, ulong, int>)exports.Address("cuGraphInstantiateWithFlags");
        _cuGraphLaunch = (delegate* unmanaged<nint, nint, int>)exports.Address("cuGraphLaunch");
        _cuGraphExecDestroy = (delegate* unmanaged<nint, int>)exports.Address("cuGraphExecDestroy");
        _cuGraphDestroy = (delegate* unmanaged<nint, int>)exports.Address("cuGraphDestroy");
    }

    /// <summary>The driver, null where there is none; <paramref name="absence"/> then says why.</summary>
    internal static CudaDriver? OfProcess(out string? absence)
    {
        (CudaLibrary? driver, absence) = s_ofProcess.Value;
        return driver;
    }

    /// <inheritdoc/>
    internal override CublasDriver? FindCublas(out string? absence) => CublasLibrary.OfProcess(out absence);

    internal override int cuInit(uint flags) =>
        _cuInit(flags);

    internal override int cuDriverGetVersion(int* version) =>
        _cuDriverGetVersion(version);

    internal override int cuGetErrorName(int error, byte** name) =>
        _cuGetErrorName(error, name);

    internal override int cuGetErrorString(int error, byte** text) =>
        _cuGetErrorString(error, text);

    internal override int cuDeviceGetCount(int* count) =>
        _cuDeviceGetCount(count);

    internal override int cuDeviceGet(int* device, int ordinal) =>
        _cuDeviceGet(device, ordinal);

    internal override int cuDeviceGetName(byte* name, int length, int device) =>
        _cuDeviceGetName(name, length, device);

    internal override int cuDeviceTotalMem_v2(nuint* bytes, int device) =>
        _cuDeviceTotalMem_v2(bytes, device);

    internal override int cuDeviceGetAttribute(int* value, int attribute, int device) =>
        _cuDeviceGetAttribute(value, attribute, device);

    internal override int cuDevicePrimaryCtxRetain(nint* context, int device) =>
        _cuDevicePrimaryCtxRetain(context, device);

    internal override int cuDevicePrimaryCtxRelease_v2(int device) =>
        _cuDevicePrimaryCtxRelease_v2(device);

    internal override int cuCtxSetCurrent(nint context) =>
        _cuCtxSetCurrent(context);

    internal override int cuStreamCreate(nint* stream, uint flags) =>
        _cuStreamCreate(stream, flags);

    internal override int cuStreamDestroy_v2(nint stream) =>
        _cuStreamDestroy_v2(stream);

    internal override int cuStreamSynchronize(nint stream) =>
        _cuStreamSynchronize(stream);

    internal override int cuStreamWaitEvent(nint stream, nint happening, uint flags) =>
        _cuStreamWaitEvent(stream, happening, flags);

    internal override int cuStreamBeginCapture_v2(nint stream, int mode) =>
        _cuStreamBeginCapture_v2(stream, mode);

    internal override int cuStreamEndCapture(nint stream, nint* graph) =>
        _cuStreamEndCapture(stream, graph);

    internal override int cuEventCreate(nint* happening, uint flags) =>
        _cuEventCreate(happening, flags);

    internal override int cuEventDestroy_v2(nint happening) =>
        _cuEventDestroy_v2(happening);

    internal override int cuEventRecord(nint happening, nint stream) =>
        _cuEventRecord(happening, stream);

    internal override int cuEventQuery(nint happening) =>
        _cuEventQuery(happening);

    internal override int cuEventSynchronize(nint happening) =>
        _cuEventSynchronize(happening);

    internal override int cuEventElapsedTime(float* milliseconds, nint start, nint end) =>
        _cuEventElapsedTime(milliseconds, start, end);

    internal override int cuMemAlloc_v2(ulong* address, nuint bytes) =>
        _cuMemAlloc_v2(address, bytes);

    internal override int cuMemFree_v2(ulong address) =>
        _cuMemFree_v2(address);

    internal override int cuMemHostAlloc(void** address, nuint bytes, uint flags) =>
        _cuMemHostAlloc(address, bytes, flags);

    internal override int cuMemFreeHost(void* address) =>
        _cuMemFreeHost(address);

    internal override int cuMemPoolCreate(nint* pool, CudaPoolProperties* properties) =>
        _cuMemPoolCreate(pool, properties);

    internal override int cuMemPoolSetAttribute(nint pool, int attribute, void* value) =>
        _cuMemPoolSetAttribute(pool, attribute, value);

    internal override int cuMemPoolTrimTo(nint pool, nuint bytesToKeep) =>
        _cuMemPoolTrimTo(pool, bytesToKeep);

    internal override int cuMemPoolDestroy(nint pool) =>
        _cuMemPoolDestroy(pool);

    internal override int cuMemAllocFromPoolAsync(ulong* address, nuint bytes, nint pool, nint stream) =>
        _cuMemAllocFromPoolAsync(address, bytes, pool, stream);

    internal override int cuMemFreeAsync(ulong address, nint stream) =>
        _cuMemFreeAsync(address, stream);

    internal override int cuMemcpyHtoDAsync_v2(ulong target, void* source, nuint bytes, nint stream) =>
        _cuMemcpyHtoDAsync_v2(target, source, bytes, stream);

    internal override int cuMemcpyDtoHAsync_v2(void* target, ulong source, nuint bytes, nint stream) =>
        _cuMemcpyDtoHAsync_v2(target, source, bytes, stream);

    internal override int cuMemsetD8Async(ulong target, byte value, nuint count, nint stream) =>
        _cuMemsetD8Async(target, value, count, stream);

    internal override int cuModuleLoadDataEx(nint* module, void* image, uint optionCount, int* options, void** values) =>
        _cuModuleLoadDataEx(module, image, optionCount, options, values);

    internal override int cuModuleUnload(nint module) =>
        _cuModuleUnload(module);

    internal override int cuModuleGetFunction(nint* function, nint module, byte* name) =>
        _cuModuleGetFunction(function, module, name);

    internal override int cuFuncGetAttribute(int* value, int attribute, nint function) =>
        _cuFuncGetAttribute(value, attribute, function);

    internal override int cuFuncSetAttribute(nint function, int attribute, int value) =>
        _cuFuncSetAttribute(function, attribute, value);

    internal override int cuOccupancyMaxActiveBlocksPerMultiprocessor(
        int* blocks, nint function, int blockSize, nuint dynamicSharedBytes) =>
        _cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, blockSize, dynamicSharedBytes);

    internal override int cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream,
        void** parameters, void** extra) =>
        _cuLaunchKernel(function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, parameters, extra);

    internal override int cuLaunchCooperativeKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream,
        void** parameters) =>
        _cuLaunchCooperativeKernel(function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, parameters);

    internal override int cuGraphGetNodes(nint graph, nint* nodes, nuint* count) =>
        _cuGraphGetNodes(graph, nodes, count);

    internal override int cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags) =>
        _cuGraphInstantiateWithFlags(executable, graph, flags);

    internal override int cuGraphLaunch(nint executable, nint stream) =>
        _cuGraphLaunch(executable, stream);

    internal override int cuGraphExecDestroy(nint executable) =>
        _cuGraphExecDestroy(executable);

    internal override int cuGraphDestroy(nint graph) =>
        _cuGraphDestroy(graph);

    private static (CudaLibrary? Driver, string? Absence) Load()
    {
        DriverExports? exports = DriverExports.Open(DriverLibrary.Cuda, out string? absence);
        CudaLibrary? driver = exports is null ? null : new CudaLibrary(exports);
        return exports?.Missing is string missing
            ? (null, $"{exports.File} has no {missing}: its driver is older than CUDA {CudaConstants.OldestDriverText}")
            : (driver, absence);
    }
}
