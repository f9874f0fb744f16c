using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>Rejects what a plan cannot run, before anything runs.</summary>
internal sealed class PlanChecks
{
    private readonly SequenceSpecification _specification;
    private readonly PlanLayers _layers;
    private readonly PlanRows _rows;

    /// <summary>Checks against a plan's sizes.</summary>
    public PlanChecks(SequenceSpecification specification, PlanLayers layers, PlanRows rows)
    {
        _rows = rows;
        _specification = specification;
        _layers = layers;
    }

    private long Rows => (long)_rows.TimeSteps * _specification.BatchSize;

    /// <summary>Demands sizes of at least 1, and arrays that 32 bits can index.</summary>
    public static void RequireSizes(SequenceSpecification specification)
    {
        (string Name, int Value)[] sizes =
        [
            ("inputSize", specification.InputSize),
            ("hiddenSize", specification.HiddenSize),
            ("layerCount", specification.LayerCount),
            ("timeSteps", specification.TimeSteps),
            ("batchSize", specification.BatchSize),
        ];
        foreach ((string name, int value) in sizes)
        {
            if (value < 1)
            {
                throw new ShapeException(
                    $"SequencePlanner.Create: {name} is {value}, but must be at least 1. Pass a positive {name}.", nameof(specification));
            }
        }

        // Kernels count elements in 32 bits; the widest array has margins of B rows on both sides.
        StepGraph graph = specification.Cell.BuildGraph(specification.InputSize, specification.HiddenSize);
        int[] widths = [specification.InputSize, graph.InputWidth, graph.ProductWidth, specification.DirectionCount * graph.OutputWidth];
        long rows = ((long)specification.TimeSteps + 2) * specification.BatchSize;
        if (rows > int.MaxValue / widths.Max())
        {
            throw new ShapeException(
                $"SequencePlanner.Create: T={specification.TimeSteps}, B={specification.BatchSize} and rows of up to {widths.Max()} elements arrived, "
                + $"but an array may have at most {int.MaxValue}. Cut the sequences into chunks and carry the state.",
                nameof(specification));
        }
    }

    /// <summary>Demands a graph whose sequences a plan can feed: x, and states of the layer below.</summary>
    /// <param name="graph">The layer's step.</param>
    /// <param name="inputWidth">The width of x in this layer.</param>
    /// <param name="below">The states of the layer below; below the first layer, of the layer itself.</param>
    public static void RequireSequences(StepGraph graph, int inputWidth, IReadOnlyList<StepState> below)
    {
        StepState[] fed = [new StepState("x", inputWidth), .. below.Select((state, number) => state with { Name = StateBelow(state, number) })];
        if (graph.SequenceWidths.Count == 0 || graph.SequenceWidths.Count > fed.Length)
        {
            throw new DeviceException(
                $"SequencePlanner.Create: the cell \"{graph.Name}\" declares {graph.SequenceWidths.Count} sequences, but a plan feeds 1 to "
                + $"{fed.Length}: {string.Join(", ", fed.Select(sequence => sequence.Name))}. Declare no others.");
        }

        for (int sequence = 0; sequence < graph.SequenceWidths.Count; sequence++)
        {
            if (graph.SequenceWidths[sequence] != fed[sequence].Width)
            {
                throw new DeviceException(
                    $"SequencePlanner.Create: the cell \"{graph.Name}\" declares sequence {sequence} with {graph.SequenceWidths[sequence]} "
                    + $"elements a row, but {fed[sequence].Name} has {fed[sequence].Width}. Declare it in that width.");
            }
        }
    }

    /// <summary>Demands a source of random factors where the graph has masks.</summary>
    public static void RequireMasks(StepGraph graph, SequenceSpecification specification)
    {
        if (specification.FillMask is null && graph.Masks.FirstOrDefault() is MaskNode mask)
        {
            throw new ArgumentException(
                $"SequencePlanner.Create: the cell \"{graph.Name}\" has the random factors \"{mask.Name}\", but the specification draws none. "
                + "Set FillMask.",
                nameof(specification));
        }
    }

    private static string StateBelow(StepState state, int number)
    {
        return $"state {number} ({state.Name}) of the layer below";
    }

    /// <summary>Checks the arguments of a forward pass.</summary>
    public void Forward(
        ArrayView<float> input,
        IReadOnlyList<ArrayView<float>> parameters,
        IReadOnlyList<ArrayView<float>> initialStates,
        ArrayView<float> output,
        IReadOnlyList<ArrayView<float>> finalStates)
    {
        Require("Forward", "input", input, Rows * _specification.InputSize, false);
        Require("Forward", "output", output, Rows * _layers.OutputWidth, false);
        RequireParameters("Forward", "parameters", parameters);
        RequireStates("Forward", "initialStates", initialStates);
        RequireStates("Forward", "finalStates", finalStates);
    }

    /// <summary>Checks the arguments of a backward pass.</summary>
    public void Backward(
        bool hasForward,
        ArrayView<float> outputGradient,
        IReadOnlyList<ArrayView<float>> finalStateGradients,
        ArrayView<float> inputGradient,
        IReadOnlyList<ArrayView<float>> parameterGradients,
        IReadOnlyList<ArrayView<float>> initialStateGradients)
    {
        if (!_specification.NeedsGradient)
        {
            throw new InvalidOperationException(
                "SequencePlan.Backward: the plan was made for inference, but a backward pass needs what only training keeps. "
                + "Create it with NeedsGradient: true.");
        }

        if (!hasForward)
        {
            throw new InvalidOperationException(
                "SequencePlan.Backward: no forward pass with the present lengths went before. Call Forward first.");
        }

        Require("Backward", "outputGradient", outputGradient, Rows * _layers.OutputWidth, true);
        Require("Backward", "inputGradient", inputGradient, Rows * _specification.InputSize, true);
        RequireParameters("Backward", "parameterGradients", parameterGradients);
        RequireStates("Backward", "finalStateGradients", finalStateGradients);
        RequireStates("Backward", "initialStateGradients", initialStateGradients);
    }

    private void RequireParameters(string method, string name, IReadOnlyList<ArrayView<float>> parameters)
    {
        RequireCount(method, name, parameters.Count, _layers.Parameters.Count);
        for (int index = 0; index < parameters.Count; index++)
        {
            if (parameters[index].Length != _layers.Parameters[index].ElementCount)
            {
                string shape = string.Join(", ", _layers.Parameters[index].Shape);
                long needed = _layers.Parameters[index].ElementCount;
                Require(method, $"{name}[{index}] ({_layers.Parameters[index].Name}, [{shape}])", parameters[index], needed, false);
            }
        }
    }

    private void RequireStates(string method, string name, IReadOnlyList<ArrayView<float>> states)
    {
        RequireCount(method, name, states.Count, _layers.States.Count);
        long rows = (long)_specification.LayerCount * _specification.DirectionCount * _specification.BatchSize;
        for (int state = 0; state < states.Count; state++)
        {
            if (states[state].Length != 0 && states[state].Length != rows * _layers.States[state].Width)
            {
                Require(method, $"{name}[{state}] ({_layers.States[state].Name})", states[state], rows * _layers.States[state].Width, true);
            }
        }
    }

    private static void RequireCount(string method, string name, int count, int needed)
    {
        if (count != needed)
        {
            throw new ShapeException(
                $"SequencePlan.{method}: {name} has {count} entries, but {needed} are needed. Pass one for each.", name);
        }
    }

    private void Require(string method, string name, ArrayView<float> view, long needed, bool mayBeEmpty)
    {
        if (view.Length != needed && !(mayBeEmpty && view.Length == 0))
        {
            throw new ShapeException(
                $"SequencePlan.{method}: {name} has {view.Length} elements, but {needed} are needed (T={_rows.TimeSteps}, "
                + $"B={_specification.BatchSize}, I={_specification.InputSize}, output width {_layers.OutputWidth}). "
                + "Pass an array of that size, or create a plan for the new shape.",
                name);
        }
    }
}
