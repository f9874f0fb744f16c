using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Testing.CudaStandIn;

/// <content>Memory and copies.</content>
internal sealed unsafe partial class StandInDriver
{
    internal override int cuMemAlloc_v2(ulong* address, nuint bytes) => Call(nameof(cuMemAlloc_v2), true, () => Allocate(address, bytes));

    internal override int cuMemFree_v2(ulong address) => Call(
        nameof(cuMemFree_v2),
        true,
        () =>
        {
            _memory.Free(address);
            return 0;
        },
        isRelease: true);

    internal override int cuMemHostAlloc(void** address, nuint bytes, uint flags) => Call(nameof(cuMemHostAlloc), true, () =>
    {
        *address = (void*)_memory.Pin((long)bytes);
        return bytes > 0 ? 0 : InvalidValue;
    });

    internal override int cuMemFreeHost(void* address) => Call(
        nameof(cuMemFreeHost),
        true,
        () =>
        {
            _memory.Unpin((nint)address);
            return 0;
        },
        isRelease: true);

    internal override int cuMemPoolCreate(nint* pool, CudaPoolProperties* properties) => Call(nameof(cuMemPoolCreate), true, () =>
    {
        if (!Specification.HasMemoryPools || properties->AllocationType != 1 || properties->LocationType != 1 || properties->HandleTypes != 0
            || properties->LocationId >= Specification.DeviceCount || properties->SecurityAttributes != 0)
        {
            return Broken("a pool was asked for that the device cannot have", InvalidValue);
        }

        *pool = Open("pool");
        return 0;
    });

    internal override int cuMemPoolSetAttribute(nint pool, int attribute, void* value) => Call(
        nameof(cuMemPoolSetAttribute), true, () => IsAlive(pool, "pool") && attribute == CudaConstants.PoolReleaseThreshold ? 0 : InvalidValue);

    internal override int cuMemPoolTrimTo(nint pool, nuint bytesToKeep) =>
        Call(nameof(cuMemPoolTrimTo), true, () => IsAlive(pool, "pool") ? 0 : InvalidHandle);

    internal override int cuMemPoolDestroy(nint pool) => Call(nameof(cuMemPoolDestroy), true, () => Close(pool, "pool"), isRelease: true);

    internal override int cuMemAllocFromPoolAsync(ulong* address, nuint bytes, nint pool, nint stream) => Call(
        nameof(cuMemAllocFromPoolAsync),
        true,
        () => !IsAlive(pool, "pool") || !IsAlive(stream, "stream") ? InvalidHandle
            : _queues.IsCapturing(stream) ? Broken("memory was allocated in a capture", CaptureUnsupported)
            : Allocate(address, bytes));

    internal override int cuMemFreeAsync(ulong address, nint stream) => Call(
        nameof(cuMemFreeAsync),
        true,
        () => _queues.IsCapturing(stream) ? Broken("memory was freed in a capture", CaptureUnsupported) : Queue(stream, () => _memory.Free(address), isRelease: true),
        isRelease: true);

    internal override int cuMemcpyHtoDAsync_v2(ulong target, void* source, nuint bytes, nint stream) => Call(
        nameof(cuMemcpyHtoDAsync_v2),
        true,
        () => Queue(stream, () =>
        {
            _memory.UseHost((nint)source);
            byte* device = _memory.At(target, (long)bytes);
            if (device is not null)
            {
                Buffer.MemoryCopy(source, device, (long)bytes, (long)bytes);
            }
        }));

    internal override int cuMemcpyDtoHAsync_v2(void* target, ulong source, nuint bytes, nint stream) => Call(
        nameof(cuMemcpyDtoHAsync_v2),
        true,
        () => Queue(stream, () =>
        {
            _memory.UseHost((nint)target);
            byte* device = _memory.At(source, (long)bytes);
            if (device is not null)
            {
                Buffer.MemoryCopy(device, target, (long)bytes, (long)bytes);
            }
        }));

    internal override int cuMemsetD8Async(ulong target, byte value, nuint count, nint stream) => Call(
        nameof(cuMemsetD8Async),
        true,
        () => Queue(stream, () =>
        {
            byte* device = _memory.At(target, (long)count);
            if (device is not null)
            {
                new Span<byte>(device, (int)count).Fill(value);
            }
        }));

    private int Allocate(ulong* address, nuint bytes)
    {
        if (bytes == 0)
        {
            return Broken("memory of no bytes was asked for", InvalidValue);
        }

        if (_memory.UsedBytes + (long)bytes > Specification.MemoryBytes)
        {
            return CudaCode.OutOfMemory;
        }

        *address = _memory.Allocate((long)bytes);
        return 0;
    }
}
