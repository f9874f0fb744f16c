using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Merges the two directions that a bidirectional layer puts side by side (Schuster and Paliwal 1997): […, 2 H] becomes […, H].</summary>
public sealed class BidirectionalMerge : Layer
{
    /// <summary>Has no parameters.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="merge">What becomes of the two; <see cref="MergeKind.Concat"/> hands the input on as it is.</param>
    public BidirectionalMerge(Device device, MergeKind merge)
        : base(device)
    {
        Merge = Enum.IsDefined(merge) ? merge : throw new ArgumentOutOfRangeException(
            nameof(merge), $"BidirectionalMerge: the kind is {merge}, but must be one of {string.Join(", ", Enum.GetNames<MergeKind>())}. Pass one of these.");
    }

    /// <summary>What becomes of the two directions.</summary>
    public MergeKind Merge { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <summary>Merges the halves of the last axis.</summary>
    /// <exception cref="ShapeException">The input has no axis, or an odd last one.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank == 0 || input.Shape[^1] % 2 != 0)
        {
            throw new ShapeException(
                $"BidirectionalMerge.Forward: the input is {Tensor.Describe(input.Shape)}, but must be […, 2 H]. Put it behind a bidirectional layer.");
        }

        if (Merge == MergeKind.Concat)
        {
            return input;
        }

        int width = input.Shape[^1] / 2;
        Tensor forward = SliceColumns.Forward(tape, input, 0, width);
        Tensor reverse = SliceColumns.Forward(tape, input, width, width);
        return Merge switch
        {
            MergeKind.Product => Multiply.Forward(tape, forward, reverse),
            MergeKind.Mean => Scale.Forward(tape, Add.Forward(tape, forward, reverse), 0.5f),
            _ => Add.Forward(tape, forward, reverse),
        };
    }
}
