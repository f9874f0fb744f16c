using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Persistent;

namespace GpuRnn.Scheduling.Persistent;

/// <summary>Turns the memory of a pass into the arguments of the kernels that run all of its steps.</summary>
internal static class BlockArguments
{
    /// <summary>The forward kernel's.</summary>
    /// <param name="graph">A step that <see cref="OneProductStep"/> reads.</param>
    /// <param name="layout">The rows.</param>
    /// <param name="shape">The division.</param>
    /// <param name="given">The memory.</param>
    public static ForwardArguments Forward(StepGraph graph, SequenceLayout layout, IBlockShape shape, SequenceForwardArguments given)
    {
        ProductNode product = graph.StepProducts.Single();
        int width = product.BlockWidth;
        bool keepsValues = graph.Values.Count > 0 && given.Values.All(value => !value.IsAbsent);
        RowsView none = new(given.Inputs.Memory, 0);
        RowsView State(IReadOnlyList<RowsView> views, int state) => Of(views, state, none);
        RowsView Value(int slot) => keepsValues ? Of(given.Values, slot, none) : none;
        return new ForwardArguments
        {
            Weights = Weights(product, given),
            Bias = product.Bias is null ? none.Memory : given.Biases[0].SubView(product.FirstRow, product.Rows),
            Inputs = given.Inputs.Memory,
            InputStride = given.Inputs.RowStride,
            Initial0 = State(given.InitialStates, 0).Memory,
            InitialStride0 = State(given.InitialStates, 0).RowStride,
            Initial1 = State(given.InitialStates, 1).Memory,
            InitialStride1 = State(given.InitialStates, 1).RowStride,
            Parameter0 = Vector(given, 0, none.Memory),
            Parameter1 = Vector(given, 1, none.Memory),
            Parameter2 = Vector(given, 2, none.Memory),
            ParameterCount = graph.Parameters.Count,
            States0 = given.States[0].Memory,
            StateStride0 = given.States[0].RowStride,
            States1 = State(given.States, 1).Memory,
            StateStride1 = State(given.States, 1).RowStride,
            Values0 = Value(0).Memory,
            ValueStride0 = Value(0).RowStride,
            Values1 = Value(1).Memory,
            ValueStride1 = Value(1).RowStride,
            Values2 = Value(2).Memory,
            ValueStride2 = Value(2).RowStride,
            Values3 = Value(3).Memory,
            ValueStride3 = Value(3).RowStride,
            Final0 = given.FinalStates[0].Memory,
            FinalStride0 = given.FinalStates[0].RowStride,
            Final1 = State(given.FinalStates, 1).Memory,
            FinalStride1 = State(given.FinalStates, 1).RowStride,
            StepCount = layout.TimeSteps,
            Width = width,
            BatchSize = layout.BatchSize,
            Units = shape.Units,
            Rows = shape.Rows,
            Slices = shape.Slices,
            Options = (int)(When(product.Bias is not null, ForwardOptions.Bias)
                | When(Has(given.InitialStates, 0), ForwardOptions.Initial0)
                | When(Has(given.InitialStates, 1), ForwardOptions.Initial1)
                | When(graph.States.Count > 1, ForwardOptions.SecondState)
                | When(keepsValues, ForwardOptions.KeepsValues)),
        };
    }

    /// <summary>The backward kernel's.</summary>
    /// <param name="graph">A step that <see cref="OneProductStep"/> reads.</param>
    /// <param name="layout">The rows.</param>
    /// <param name="shape">The division.</param>
    /// <param name="given">The memory.</param>
    /// <param name="parameterGradients">Receives the gradients of learned vectors apart by row; any view without one.</param>
    public static BackwardArguments Backward(
        StepGraph graph, SequenceLayout layout, IBlockShape shape, SequenceBackwardArguments given, ArrayView<float> parameterGradients)
    {
        SequenceForwardArguments forward = given.Forward;
        ProductNode product = graph.StepProducts.Single();
        RowsView none = new(forward.Inputs.Memory, 0);
        RowsView productGradients = given.ProductGradients[0];
        return new BackwardArguments
        {
            Weights = Weights(product, forward),
            Inputs = forward.Inputs.Memory,
            InputStride = forward.Inputs.RowStride,
            Initial0 = Of(forward.InitialStates, 0, none).Memory,
            InitialStride0 = Of(forward.InitialStates, 0, none).RowStride,
            Initial1 = Of(forward.InitialStates, 1, none).Memory,
            InitialStride1 = Of(forward.InitialStates, 1, none).RowStride,
            Parameter0 = Vector(forward, 0, none.Memory),
            Parameter1 = Vector(forward, 1, none.Memory),
            Parameter2 = Vector(forward, 2, none.Memory),
            ParameterCount = graph.Parameters.Count,
            States0 = forward.States[0].Memory,
            StateStride0 = forward.States[0].RowStride,
            States1 = Of(forward.States, 1, none).Memory,
            StateStride1 = Of(forward.States, 1, none).RowStride,
            Values0 = Of(forward.Values, 0, none).Memory,
            ValueStride0 = Of(forward.Values, 0, none).RowStride,
            Values1 = Of(forward.Values, 1, none).Memory,
            ValueStride1 = Of(forward.Values, 1, none).RowStride,
            Values2 = Of(forward.Values, 2, none).Memory,
            ValueStride2 = Of(forward.Values, 2, none).RowStride,
            Values3 = Of(forward.Values, 3, none).Memory,
            ValueStride3 = Of(forward.Values, 3, none).RowStride,
            StateGradients0 = Of(given.StateGradients, 0, none).Memory,
            StateGradientStride0 = Of(given.StateGradients, 0, none).RowStride,
            StateGradients1 = Of(given.StateGradients, 1, none).Memory,
            StateGradientStride1 = Of(given.StateGradients, 1, none).RowStride,
            FinalGradients0 = Of(given.FinalStateGradients, 0, none).Memory,
            FinalGradientStride0 = Of(given.FinalStateGradients, 0, none).RowStride,
            FinalGradients1 = Of(given.FinalStateGradients, 1, none).Memory,
            FinalGradientStride1 = Of(given.FinalStateGradients, 1, none).RowStride,
            InputGradients = given.InputGradients.Memory,
            InputGradientStride = given.InputGradients.RowStride,
            ProductGradients = productGradients.Memory,
            ProductGradientStride = productGradients.RowStride,
            InitialGradients0 = Of(given.InitialStateGradients, 0, none).Memory,
            InitialGradientStride0 = Of(given.InitialStateGradients, 0, none).RowStride,
            InitialGradients1 = Of(given.InitialStateGradients, 1, none).Memory,
            InitialGradientStride1 = Of(given.InitialStateGradients, 1, none).RowStride,
            ParameterGradients = parameterGradients,
            StepCount = layout.TimeSteps,
            Width = product.BlockWidth,
            BatchSize = layout.BatchSize,
            Units = shape.Units,
            Rows = shape.Rows,
            Slices = shape.Slices,
            Options = (int)(When(Has(forward.InitialStates, 0), BackwardOptions.Initial0)
                | When(Has(forward.InitialStates, 1), BackwardOptions.Initial1)
                | When(graph.States.Count > 1, BackwardOptions.SecondState)
                | When(Has(given.StateGradients, 0), BackwardOptions.StateGradients0)
                | When(Has(given.StateGradients, 1), BackwardOptions.StateGradients1)
                | When(Has(given.FinalStateGradients, 0), BackwardOptions.FinalGradients0)
                | When(Has(given.FinalStateGradients, 1), BackwardOptions.FinalGradients1)
                | When(Has(given.InitialStateGradients, 0), BackwardOptions.InitialGradients0)
                | When(Has(given.InitialStateGradients, 1), BackwardOptions.InitialGradients1)
                | When(product.TiedToInputSlot is null, BackwardOptions.ProductGradients)),
        };
    }

    private static ArrayView<float> Weights(ProductNode product, SequenceForwardArguments given) =>
        given.Weights[0].SubView((long)product.FirstRow * product.SourceWidth, (long)product.Rows * product.SourceWidth);

    private static ArrayView<float> Vector(SequenceForwardArguments given, int number, ArrayView<float> none) =>
        number < given.Parameters.Count ? given.Parameters[number] : none;

    private static bool Has(IReadOnlyList<RowsView> views, int number) => number < views.Count && !views[number].IsAbsent;

    private static RowsView Of(IReadOnlyList<RowsView> views, int number, RowsView none) => Has(views, number) ? views[number] : none;

    private static ForwardOptions When(bool isThere, ForwardOptions option) => isThere ? option : ForwardOptions.None;

    private static BackwardOptions When(bool isThere, BackwardOptions option) => isThere ? option : BackwardOptions.None;
}
