namespace GpuRnn.Devices.Sequences;

/// <summary>The right factor of many products, kept in the form that a device multiplies fastest; owned by who asked for it.</summary>
public interface IPreparedFactor : IDisposable
{
    /// <summary>Takes B and the bias of a product; those that follow multiply by what they hold now.</summary>
    void Load(DeviceStream stream, in MatrixProduct product);

    /// <summary>Runs a product whose B and bias are those loaded last; A and C are its own.</summary>
    /// <remarks>A has at most as many rows as the factor was prepared for, and is not transposed.</remarks>
    void Multiply(DeviceStream stream, in MatrixProduct product);
}
