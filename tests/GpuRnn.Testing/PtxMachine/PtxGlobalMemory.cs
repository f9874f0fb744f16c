using System.Runtime.InteropServices;

namespace GpuRnn.Testing.PtxMachine;

/// <summary>The memory that a launch may touch, by address.</summary>
internal sealed unsafe class PtxGlobalMemory
{
    private readonly List<(ulong Address, int Bytes, nint Host)> _arrays = [];

    /// <summary>Adds memory of the host.</summary>
    internal void Add(ulong address, int bytes) => Add(address, bytes, (nint)address);

    /// <summary>Adds memory that has another address in the kernel than on the host.</summary>
    internal void Add(ulong address, int bytes, nint host) => _arrays.Add((address, bytes, host));

    internal Span<byte> At(ulong address, int bytes) => At(address, bytes, bytes);

    /// <summary>Memory at a multiple of <paramref name="alignment"/>.</summary>
    internal Span<byte> At(ulong address, int alignment, int bytes)
    {
        foreach ((ulong start, int length, nint host) in _arrays)
        {
            if (address >= start && address + (ulong)bytes <= start + (ulong)length)
            {
                return address % (ulong)alignment == 0
                    ? new Span<byte>((byte*)host + (address - start), bytes)
                    : throw new InvalidOperationException($"PtxGlobalMemory: {bytes} bytes at an address that is no multiple of {alignment}.");
            }
        }

        throw new InvalidOperationException($"PtxGlobalMemory: {bytes} bytes outside every array that was passed.");
    }
}
