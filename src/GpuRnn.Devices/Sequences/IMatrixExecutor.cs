namespace GpuRnn.Devices.Sequences;

/// <summary>A device's fastest dense matrix product.</summary>
public interface IMatrixExecutor
{
    /// <summary>The name shown by <c>gpurnn devices</c>.</summary>
    string Name { get; }

    /// <summary>
    /// True where a small product costs no launch, so that one for each sequence of a batch is as good as all of them in one launch.
    /// </summary>
    bool IsCheapToCall => false;

    /// <summary>Tells whether products gain from factors of fewer bits.</summary>
    /// <remarks>Single precision always is offered; what is not overridden offers nothing else.</remarks>
    SupportAnswer Supports(ProductPrecision precision) => precision == ProductPrecision.Single
        ? SupportAnswer.Yes("factors of 24 bits")
        : SupportAnswer.No($"\"{Name}\" multiplies in single precision alone");

    /// <summary>Makes room for a right factor of single precision that many products share; null where keeping one gains nothing.</summary>
    /// <param name="mostRows">Rows of the largest of these products.</param>
    /// <param name="n">Columns of B.</param>
    /// <param name="k">Rows of B.</param>
    IPreparedFactor? Prepare(int mostRows, int n, int k) => null;

    /// <summary>Runs one product.</summary>
    void Multiply(DeviceStream stream, in MatrixProduct product);
}
