namespace GpuRnn.KernelModel;

/// <summary>Names the index structures, so that a launcher can tell them apart at run time.</summary>
public enum IndexType
{
    /// <summary>No index: an explicitly grouped kernel.</summary>
    None,

    /// <summary><see cref="KernelModel.Index1D"/>.</summary>
    Index1D,

    /// <summary><see cref="KernelModel.Index2D"/>.</summary>
    Index2D,

    /// <summary><see cref="KernelModel.Index3D"/>.</summary>
    Index3D,

    /// <summary><see cref="KernelModel.LongIndex1D"/>.</summary>
    LongIndex1D,

    /// <summary><see cref="KernelModel.LongIndex2D"/>.</summary>
    LongIndex2D,

    /// <summary><see cref="KernelModel.LongIndex3D"/>.</summary>
    LongIndex3D,

    /// <summary>A grid and a group extent: an explicitly grouped launch.</summary>
    KernelConfig,
}
