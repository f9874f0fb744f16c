using GpuRnn.Testing.PtxMachine;

namespace GpuRnn.Testing.CudaStandIn;

/// <summary>The stand-in's device memory, at addresses that mean nothing to the host, and the host memory that it pinned.</summary>
internal sealed unsafe class StandInMemory(Action<string> report)
{
    // Nothing of a process lies there, so that a device address that the host uses shows.
    private const ulong FirstAddress = 0x7A00_0000_0000_0000;
    private const ulong Alignment = 256;
    private const byte Garbage = 0xCC;

    private readonly SortedList<ulong, byte[]> _device = [];
    private readonly Dictionary<nint, byte[]> _pinned = [];
    private readonly HashSet<nint> _freedPinned = [];
    private ulong _next = FirstAddress;

    internal int LiveCount => _device.Count + _pinned.Count;

    internal long UsedBytes => _device.Values.Sum(array => (long)array.Length);

    /// <summary>New memory, which holds garbage and not zeros.</summary>
    internal ulong Allocate(long bytes)
    {
        ulong address = _next;
        _next += ((ulong)bytes + (2 * Alignment) - 1) / Alignment * Alignment;
        byte[] array = GC.AllocateUninitializedArray<byte>((int)bytes, pinned: true);
        Array.Fill(array, Garbage);
        _device.Add(address, array);
        return address;
    }

    internal void Free(ulong address)
    {
        if (!_device.Remove(address))
        {
            report($"device memory {address:X} was freed, but is not in use");
        }
    }

    internal nint Pin(long bytes)
    {
        byte[] array = GC.AllocateUninitializedArray<byte>((int)bytes, pinned: true);
        nint address = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref array[0]);
        _pinned.Add(address, array);
        _freedPinned.Remove(address);
        return address;
    }

    internal void Unpin(nint address)
    {
        if (!_pinned.Remove(address))
        {
            report($"pinned memory {address:X} was freed, but is not in use");
        }

        _freedPinned.Add(address);
    }

    /// <summary>Notes a host address of a copy that runs now.</summary>
    internal void UseHost(nint address)
    {
        if (_freedPinned.Contains(address))
        {
            report($"a copy ran with pinned memory {address:X} that was freed");
        }
    }

    /// <summary>Bytes of the device; null, and a report, where they are not in use.</summary>
    internal byte* At(ulong address, long bytes)
    {
        foreach ((ulong start, byte[] array) in _device)
        {
            if (address >= start && address + (ulong)bytes <= start + (ulong)array.Length)
            {
                return (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref array[0]) + (address - start);
            }
        }

        report($"{bytes} bytes at {address:X} were touched, but are not in use");
        return null;
    }

    internal PtxGlobalMemory ForKernel()
    {
        PtxGlobalMemory memory = new();
        foreach ((ulong address, byte[] array) in _device)
        {
            memory.Add(address, array.Length, (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref array[0]));
        }

        return memory;
    }
}
