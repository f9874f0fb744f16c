using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Applies a layer to every step by itself: how convolutions of images go before a recurrent layer.</summary>
/// <remarks>
/// [T, B, …] is handed to the layer as T·B rows at once, one product instead of T. Where steps are absent, only the present ones are handed over, so that they
/// cost nothing and a batch normalisation inside counts none of them. The parameters keep the names that the layer gives them.
/// </remarks>
public sealed class TimeDistributed : Layer
{
    private readonly Layer _layer;

    /// <summary>Takes the layer over: it is disposed with this one.</summary>
    public TimeDistributed(Layer layer)
        : base((layer ?? throw new ArgumentNullException(nameof(layer))).Device)
    {
        _layer = layer;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _layer.Parameters;

    /// <summary>True unless what is inside has statistics of all steps together, or a state.</summary>
    public override bool CanBeCutInTime => !_layer.WithInside().Any(module => module is BatchNorm) && !_layer.Carried.Any();

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => [_layer];

    /// <summary>Runs the layer over all steps.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="input">[T, B, …], with an axis or more behind B.</param>
    /// <returns>[T, B, …] with the axes that the layer makes of […].</returns>
    /// <exception cref="ShapeException">
    /// The input has no axis behind B, so that T·B numbers would look like one row to the layer, or the layer does not give one row for each of its own.
    /// </exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        RequireSteps(input);
        int rows = input.Shape[0] * input.Shape[1];
        Tensor result = Run(tape, Reshape.Forward(tape, input, [rows, .. input.Shape[2..]]));
        return Reshape.Forward(tape, result, [input.Shape[0], input.Shape[1], .. result.Shape[1..]]);
    }

    /// <summary>Runs the layer over the present steps; the others become zeros.</summary>
    /// <inheritdoc/>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        if (mask is null)
        {
            return Forward(tape, input);
        }

        ArgumentNullException.ThrowIfNull(input);
        RequireSteps(input);
        return PresentSteps.Unpack(tape, Run(tape, PresentSteps.Pack(tape, input, mask, "TimeDistributed.Forward")), mask);
    }

    private static void RequireSteps(Tensor input)
    {
        if (input.Rank < 3)
        {
            throw new ShapeException(
                $"TimeDistributed.Forward: the input is {Tensor.Describe(input.Shape)}, but must be [T, B, …] with an axis or more behind B. "
                + "Reshape it to [T, B, 1], or leave the layer out around one that takes tokens.",
                nameof(input));
        }
    }

    private Tensor Run(Tape tape, Tensor rows)
    {
        Tensor result = _layer.Forward(tape, rows);
        if (result.Rank == 0 || result.Shape[0] != rows.Shape[0])
        {
            throw new ShapeException(
                $"TimeDistributed.Forward: the layer made {Tensor.Describe(result.Shape)} of {Tensor.Describe(rows.Shape)}, but one row for each row is needed. "
                + "Pass a layer that treats rows alone.");
        }

        return result;
    }
}
