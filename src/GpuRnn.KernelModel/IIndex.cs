namespace GpuRnn.KernelModel;

/// <summary>What all index structures share.</summary>
public interface IIndex
{
    /// <summary>Tells the implementing structure.</summary>
    IndexType IndexType { get; }
}
