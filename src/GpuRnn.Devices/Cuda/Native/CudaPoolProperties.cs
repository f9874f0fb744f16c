using System.Runtime.InteropServices;

namespace GpuRnn.Devices.Cuda.Native;

/// <summary>CUmemPoolProps of cuda.h: 88 bytes, whose last 64 are zero for a pool of any size.</summary>
[StructLayout(LayoutKind.Sequential, Size = 88)]
internal struct CudaPoolProperties
{
    /// <summary>CUmemAllocationType.</summary>
    internal int AllocationType;

    /// <summary>CUmemAllocationHandleType; 0 for memory that no other process sees.</summary>
    internal int HandleTypes;

    /// <summary>CUmemLocationType.</summary>
    internal int LocationType;

    /// <summary>The device.</summary>
    internal int LocationId;

    /// <summary>Zero unless memory is exported on Windows.</summary>
    internal nint SecurityAttributes;
}
