using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>Shared memory whose size the launch decides, for <c>SharedMemory.GetDynamic</c>.</summary>
public readonly struct SharedMemoryConfig
{
    /// <summary>Asks for <paramref name="numElements"/> elements of <paramref name="elementSize"/> bytes a group.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public SharedMemoryConfig(int numElements, int elementSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(numElements);
        ArgumentOutOfRangeException.ThrowIfNegative(elementSize);
        NumElements = numElements;
        ElementSize = elementSize;
    }

    /// <summary>No dynamic shared memory.</summary>
    public static SharedMemoryConfig Empty => default;

    /// <summary>The number of elements a group.</summary>
    public int NumElements { get; }

    /// <summary>The bytes of one element.</summary>
    public int ElementSize { get; }

    /// <summary>The bytes a group.</summary>
    public int ArraySize => checked(NumElements * ElementSize);

    /// <summary>True when at least one element was asked for.</summary>
    public bool UsesDynamicSharedMemory => NumElements > 0;

    /// <summary>Asks for <paramref name="numElements"/> elements a group.</summary>
    public static SharedMemoryConfig RequestDynamic<T>(int numElements)
        where T : unmanaged => new(numElements, Unsafe.SizeOf<T>());
}
