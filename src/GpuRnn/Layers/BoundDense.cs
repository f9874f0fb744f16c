using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>The step of a <see cref="Dense"/> layer: one product.</summary>
internal sealed class BoundDense : BoundStep
{
    private readonly IMatrixExecutor _matrices;
    private readonly MatrixProduct _product;
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    /// <summary>Allocates the output.</summary>
    /// <param name="matrices">Runs the product.</param>
    /// <param name="input">[1, B, K].</param>
    /// <param name="weight">[N, K].</param>
    /// <param name="bias">[N]; null for none.</param>
    public BoundDense(IMatrixExecutor matrices, Tensor input, Tensor weight, Tensor? bias)
    {
        (_matrices, _weight, _bias) = (matrices, weight, bias);
        int n = weight.Shape[0];
        int k = weight.Shape[1];
        Output = Tensor.Zeros(input.Device, 1, input.Shape[1], n);
        _product = new MatrixProduct
        {
            A = new RowsView(input.Memory, k),
            B = new RowsView(weight.Memory, k),
            TransposeB = true,
            C = new RowsView(Output.Memory, n),
            Bias = bias?.Memory ?? default,
            M = input.Shape[1],
            N = n,
            K = k,
        };
    }

    /// <inheritdoc/>
    public override Tensor Output { get; }

    /// <inheritdoc/>
    public override void Run(DeviceStream stream)
    {
        _weight.RequireAlive();
        _bias?.RequireAlive();
        _matrices.Multiply(stream, _product);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Output.Dispose();
    }
}
