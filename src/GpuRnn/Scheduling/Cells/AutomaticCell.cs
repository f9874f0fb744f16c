using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Scheduling.Derivatives;

namespace GpuRnn.Scheduling.Cells;

/// <summary>A cell of your own from its formula alone: one function or several with products between them; derivatives are found.</summary>
/// <remarks>
/// Everything is H wide. Its parameters have PyTorch's names: <c>weight_ih</c> and <c>bias_ih</c> for as many blocks of x_t as the functions
/// read, <c>weight_hh</c> and <c>bias_hh</c> for the blocks of all products in their order, then the vectors. For other widths derive from
/// <see cref="Cell"/> and hand the graph to <see cref="AutomaticDerivatives.Complete"/>.
/// </remarks>
public sealed class AutomaticCell : Cell
{
    private readonly StepBuilder _step;

    private AutomaticCell(string name, StepBuilder step)
    {
        Name = name;
        _step = step;
        CellCheck.Require(BuildGraph(1, 1), Parameters(1, 1));
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>A cell of one function, whose products all are of state 0 at t−1.</summary>
    /// <typeparam name="TFunction">The formula of a step.</typeparam>
    /// <param name="name">Shown in plans and errors; lower case with hyphens.</param>
    /// <exception cref="ArgumentException">The function's slots do not make a cell; the message says which.</exception>
    /// <exception cref="KernelNotSupportedException">The function does what kernels may not; names the rule, the file and the line.</exception>
    public static AutomaticCell Create<TFunction>(string name)
        where TFunction : struct, IStepFunction
    {
        return Create(name, step =>
        {
            StepTrace trace = FunctionDerivatives.Of(typeof(TFunction)).Trace;
            int blocks = StepBuilder.CountOf(trace.SlotsOf(TermKind.Product));
            if (blocks > 0)
            {
                step.Product(StepSource.PreviousState(0), blocks);
            }

            for (int vector = 0; vector < StepBuilder.CountOf(trace.SlotsOf(TermKind.Parameter)); vector++)
            {
                step.Vector($"vector_{vector}");
            }

            step.Function<TFunction>();
        });
    }

    /// <summary>A cell of several functions, with products between them and vectors of one's own.</summary>
    /// <param name="name">Shown in plans and errors; lower case with hyphens.</param>
    /// <param name="build">Names products and functions in the order in which a step runs them.</param>
    /// <exception cref="ArgumentException">The functions' slots do not make a cell; the message says which.</exception>
    /// <exception cref="KernelNotSupportedException">A function does what kernels may not; names the rule, the file and the line.</exception>
    public static AutomaticCell Create(string name, Action<StepBuilder> build)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(build);
        StepBuilder step = new();
        build(step);
        return new AutomaticCell(name, step);
    }

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        return AutomaticDerivatives.Complete(_step.Graph(Name, inputSize, hiddenSize));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return _step.Parameters(inputSize, hiddenSize);
    }
}
