namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's ILaneCount in the ILGPU build.</summary>
public interface ILaneCount
{
    /// <summary>4, 8 or 16.</summary>
    static abstract int Count { get; }
}
