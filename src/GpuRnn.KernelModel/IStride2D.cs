namespace GpuRnn.KernelModel;

/// <summary>Maps two-dimensional indices to the distance, in elements, from the first element of a view.</summary>
public interface IStride2D : IStride<Index2D, LongIndex2D>
{
    /// <summary>The distance in elements between neighbours along X.</summary>
    int XStride { get; }

    /// <summary>The distance in elements between neighbours along Y.</summary>
    int YStride { get; }

    /// <summary>The same mapping with all distances stored.</summary>
    Stride2D.General AsGeneral();
}
