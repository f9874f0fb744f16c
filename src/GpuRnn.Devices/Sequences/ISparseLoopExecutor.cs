namespace GpuRnn.Devices.Sequences;

/// <summary>A device's way to run loops over few weights; a device without one runs them dense.</summary>
public interface ISparseLoopExecutor
{
    /// <summary>The name that descriptions show.</summary>
    string Name { get; }

    /// <summary>Tells whether the loop has so few weights that it is faster here than dense, with the reason.</summary>
    SupportAnswer Supports(SparseLoopRequest request);

    /// <summary>Packs the weights.</summary>
    ISparseLoop Prepare(SparseLoopRequest request);
}
