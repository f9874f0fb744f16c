using System.Runtime.Intrinsics;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Loads and stores of the lanes in a mask, for processors without such instructions.</summary>
internal static unsafe class LaneMemory
{
    internal static Vector128<T> Load128<T>(T* address, Vector128<T> mask)
        where T : unmanaged
    {
        Vector128<T> result = default;
        uint lanes = mask.ExtractMostSignificantBits();
        for (int i = 0; i < Vector128<T>.Count; i++)
        {
            if ((lanes >> i & 1) != 0)
            {
                result = result.WithElement(i, address[i]);
            }
        }

        return result;
    }

    internal static void Store128<T>(T* address, Vector128<T> mask, Vector128<T> value)
        where T : unmanaged
    {
        uint lanes = mask.ExtractMostSignificantBits();
        for (int i = 0; i < Vector128<T>.Count; i++)
        {
            if ((lanes >> i & 1) != 0)
            {
                address[i] = value[i];
            }
        }
    }
}
