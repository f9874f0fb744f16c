using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling;

/// <summary>The products of a loop of plain launches, with their weights in the form that the device multiplies fastest: prepared once a pass, not once a step.</summary>
internal sealed class StepwiseProducts : IDisposable
{
    private readonly RowOperations _operations;
    private readonly ProductNode[] _products;
    private readonly IPreparedFactor?[] _forward;
    private readonly IPreparedFactor?[] _backward;

    /// <summary>Makes room for the prepared weights of the passes that will run.</summary>
    /// <param name="operations">What runs the products.</param>
    /// <param name="request">The loop.</param>
    /// <param name="runsForward">Which of them this object runs forwards.</param>
    /// <param name="runsBackward">True where it runs all of them backwards.</param>
    public StepwiseProducts(RowOperations operations, SequenceLoopRequest request, Func<ProductNode, bool> runsForward, bool runsBackward)
    {
        _operations = operations;
        _products = [.. request.Graph.StepProducts];
        int rows = request.Layout.BatchSize;
        _forward = [.. _products.Select(product => runsForward(product) ? operations.Prepare(rows, product.Rows, product.SourceWidth) : null)];
        _backward = [.. _products.Select(product => runsBackward ? operations.Prepare(rows, product.SourceWidth, product.Rows) : null)];
    }

    /// <summary>Takes the weights of a forward pass.</summary>
    public void LoadForward(DeviceStream stream, SequenceForwardArguments arguments)
    {
        for (int product = 0; product < _products.Length; product++)
        {
            _forward[product]?.Load(stream, Forward(arguments, product, default, default, 0));
        }
    }

    /// <summary>Takes the weights of a backward pass.</summary>
    public void LoadBackward(DeviceStream stream, SequenceForwardArguments arguments)
    {
        for (int product = 0; product < _products.Length; product++)
        {
            _backward[product]?.Load(stream, Backward(arguments, product, default, default, 0));
        }
    }

    /// <summary>target = source · Wᵀ + b.</summary>
    public void RunForward(DeviceStream stream, SequenceForwardArguments arguments, ProductNode product, RowsView source, RowsView target, int count)
    {
        int number = Array.IndexOf(_products, product);
        Run(stream, _forward[number], Forward(arguments, number, source, target, count));
    }

    /// <summary>target += gradient · W.</summary>
    public void RunBackward(DeviceStream stream, SequenceForwardArguments arguments, ProductNode product, RowsView gradient, RowsView target, int count)
    {
        int number = Array.IndexOf(_products, product);
        Run(stream, _backward[number], Backward(arguments, number, gradient, target, count));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IPreparedFactor? factor in _forward.Concat(_backward))
        {
            factor?.Dispose();
        }
    }

    private void Run(DeviceStream stream, IPreparedFactor? factor, in MatrixProduct product)
    {
        if (factor is null)
        {
            _operations.Product(stream, product);
        }
        else
        {
            factor.Multiply(stream, product);
        }
    }

    private MatrixProduct Forward(SequenceForwardArguments arguments, int number, RowsView source, RowsView target, int count)
    {
        ProductNode product = _products[number];
        return new MatrixProduct
        {
            A = source.FromColumn(product.FirstSourceUnit),
            B = Weight(arguments, number),
            TransposeB = true,
            C = target,
            Bias = product.Bias is null ? default : arguments.Biases[number].SubView(product.FirstRow, product.Rows),
            M = count,
            N = product.Rows,
            K = product.SourceWidth,
        };
    }

    private MatrixProduct Backward(SequenceForwardArguments arguments, int number, RowsView gradient, RowsView target, int count)
    {
        ProductNode product = _products[number];
        return new MatrixProduct
        {
            A = gradient,
            B = Weight(arguments, number),
            C = target.FromColumn(product.FirstSourceUnit),
            Accumulate = true,
            M = count,
            N = product.SourceWidth,
            K = product.Rows,
        };
    }

    private RowsView Weight(SequenceForwardArguments arguments, int number)
    {
        ProductNode product = _products[number];
        return arguments.Weights[number].AsRows(product.SourceWidth).FromRow(product.FirstRow);
    }
}
