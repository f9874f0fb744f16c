using System.Runtime.InteropServices;

namespace GpuRnn.Testing.PtxMachine;

/// <summary>The arrays that were passed to a launch, by address.</summary>
internal sealed unsafe class PtxGlobalMemory
{
    private readonly List<(ulong Address, int Bytes)> _arrays = [];

    internal void Add(ulong address, int bytes) => _arrays.Add((address, bytes));

    internal Span<byte> At(ulong address, int bytes) => At(address, bytes, bytes);

    /// <summary>Memory at a multiple of <paramref name="alignment"/>.</summary>
    internal Span<byte> At(ulong address, int alignment, int bytes)
    {
        foreach ((ulong start, int length) in _arrays)
        {
            if (address >= start && address + (ulong)bytes <= start + (ulong)length)
            {
                return address % (ulong)alignment == 0
                    ? new Span<byte>((void*)address, bytes)
                    : throw new InvalidOperationException($"PtxGlobalMemory: {bytes} bytes at an address that is no multiple of {alignment}.");
            }
        }

        throw new InvalidOperationException($"PtxGlobalMemory: {bytes} bytes outside every array that was passed.");
    }
}
