using System.Runtime.InteropServices;

namespace GpuRnn.Testing.PtxMachine;

/// <summary>The arrays that were passed to a launch, by address.</summary>
internal sealed unsafe class PtxGlobalMemory
{
    private readonly List<(ulong Address, int Bytes)> _arrays = [];

    internal void Add(ulong address, int bytes) => _arrays.Add((address, bytes));

    internal Span<byte> At(ulong address, int bytes)
    {
        foreach ((ulong start, int length) in _arrays)
        {
            if (address >= start && address + (ulong)bytes <= start + (ulong)length)
            {
                return address % (ulong)bytes == 0
                    ? new Span<byte>((void*)address, bytes)
                    : throw new InvalidOperationException($"PtxGlobalMemory: {bytes} bytes at an address that is no multiple of it.");
            }
        }

        throw new InvalidOperationException($"PtxGlobalMemory: {bytes} bytes outside every array that was passed.");
    }
}
