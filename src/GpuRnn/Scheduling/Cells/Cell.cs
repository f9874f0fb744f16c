using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Cells;

/// <summary>A recurrent cell: what one time step computes, and the parameters it learns.</summary>
/// <remarks>
/// Derive from it to run a cell of your own: the scheduler, every device and the reference know a cell by its step graph alone.
/// The pointwise mathematics stands in structs that implement <see cref="GpuRnn.Kernels.Cells.IStepNode"/>.
/// </remarks>
public abstract class Cell
{
    /// <summary>The name in plans, errors and saved models; lower case with hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>The options that the list of cells made it with; none for a cell made by its constructor.</summary>
    public CellOptionValues Options { get; internal set; } = CellOptionValues.None;

    /// <summary>Builds the step for one layer.</summary>
    /// <param name="inputSize">I, the width of x_t.</param>
    /// <param name="hiddenSize">H; what it measures is the cell's own choice, usually the width of h.</param>
    public abstract StepGraph BuildGraph(int inputSize, int hiddenSize);

    /// <summary>
    /// The step in which a normalisation can come between a state and what the output makes of it: the nodes behind the one that writes the state read the value
    /// in its place. Nothing writes that value yet. A cell whose output reads no such state gives its usual step and null.
    /// </summary>
    /// <param name="inputSize">I, the width of x_t.</param>
    /// <param name="hiddenSize">H.</param>
    public virtual (StepGraph Graph, (int State, int Value)? Squashed) BuildOpenGraph(int inputSize, int hiddenSize)
    {
        return (BuildGraph(inputSize, hiddenSize), null);
    }

    /// <summary>The parameters of one layer in one direction, in the order in which every list of parameters gives them.</summary>
    /// <param name="inputSize">I, the width of x_t.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize);

    /// <summary>The two weights and two biases of PyTorch's cells with <paramref name="gateCount"/> gates.</summary>
    protected static IReadOnlyList<CellParameter> GatedParameters(int gateCount, int inputSize, int hiddenSize)
    {
        int rows = gateCount * hiddenSize;
        return
        [
            new CellParameter("weight_ih", [rows, inputSize], hiddenSize),
            new CellParameter("weight_hh", [rows, hiddenSize], hiddenSize),
            new CellParameter("bias_ih", [rows], hiddenSize),
            new CellParameter("bias_hh", [rows], hiddenSize),
        ];
    }

    /// <summary>The hoisted product of x_t with all rows of <c>weight_ih</c>; its blocks are input slots 0, 1, ….</summary>
    protected static ProductNode InputProduct(int gateCount, int inputSize, int hiddenSize)
    {
        return new ProductNode("input product", StepSource.Input, "weight_ih", "bias_ih", 0, gateCount, hiddenSize, inputSize, 0);
    }

    /// <summary>The product of state 0 at t−1 with rows of <c>weight_hh</c> from block 0; its blocks are product slots 0, 1, ….</summary>
    /// <param name="blockCount">Gates it covers.</param>
    /// <param name="hiddenSize">H.</param>
    /// <param name="tiedToInputSlot">The first input slot whose blocks have the same gradients, or null.</param>
    protected static ProductNode RecurrentProduct(int blockCount, int hiddenSize, int? tiedToInputSlot)
    {
        return new ProductNode(
            "recurrent product", StepSource.PreviousState(0), "weight_hh", "bias_hh", 0, blockCount, hiddenSize, hiddenSize, 0)
        {
            TiedToInputSlot = tiedToInputSlot,
        };
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return Name;
    }
}
