namespace GpuRnn.Devices.Sequences;

/// <summary>A device's fastest dense matrix product.</summary>
public interface IMatrixExecutor
{
    /// <summary>The name shown by <c>gpurnn devices</c>.</summary>
    string Name { get; }

    /// <summary>Runs one product.</summary>
    void Multiply(DeviceStream stream, in MatrixProduct product);
}
