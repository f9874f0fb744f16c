namespace GpuRnn.KernelModel;

/// <summary>Maps an index to the distance, in elements, from the first element of a view.</summary>
public interface IStride1D : IStride<Index1D, LongIndex1D>
{
    /// <summary>The distance in elements between neighbours along X.</summary>
    int XStride { get; }

    /// <summary>The same mapping with all distances stored.</summary>
    Stride1D.General AsGeneral();
}
