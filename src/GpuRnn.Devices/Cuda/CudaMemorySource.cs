using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Devices.Cuda;

/// <summary>Where the memory of a context comes from; what was given back is kept for the next buffer.</summary>
/// <remarks>Memory is given out and taken back in the order of the default queue.</remarks>
internal abstract class CudaMemorySource
{
    /// <summary>What it is, for people.</summary>
    internal abstract string Description { get; }

    /// <summary>The driver's pool where it has one, else our own.</summary>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    internal static CudaMemorySource Open(CudaContext context) =>
        context.Information.HasMemoryPools ? new CudaDriverPool(context) : new CudaCachingPool(context);

    /// <summary>Memory of undefined content on a multiple of 256 bytes.</summary>
    /// <exception cref="DeviceException">It is not there, or the driver refuses.</exception>
    internal abstract ulong Allocate(long bytes);

    /// <summary>Takes memory back; never throws.</summary>
    internal abstract void Free(ulong address, long bytes);

    /// <summary>Gives everything to the driver; nothing is in use, and the default queue is done.</summary>
    internal abstract void Close();
}
