using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The simple recurrent unit of Elman (1990): one product of x_t, one of h at t−1, and an activation.</summary>
/// <remarks>Formula: <see cref="ElmanNode{TActivation}"/>. State: h.</remarks>
public sealed class ElmanCell : Cell
{
    private readonly Type _activation;

    private ElmanCell(string name, Type activation)
    {
        Name = name;
        _activation = activation;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Makes the cell for an activation, which may be one of your own.</summary>
    /// <typeparam name="TActivation">The activation.</typeparam>
    /// <param name="name">The cell's name; saved models and errors show it.</param>
    public static ElmanCell Create<TActivation>(string name)
        where TActivation : struct, IActivation
    {
        return new ElmanCell(name, typeof(TActivation));
    }

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        Type node = typeof(ElmanNode<>).MakeGenericType(_activation);
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize)],
            [],
            [],
            [
                InputProduct(1, inputSize, hiddenSize),
                RecurrentProduct(1, hiddenSize, 0),
                new PointwiseNode("activation", node, hiddenSize, [0], []),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return GatedParameters(1, inputSize, hiddenSize);
    }
}
