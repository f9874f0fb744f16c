using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>Makes one axis of the last ones: [N, H, W, C] becomes [N, H·W·C], [T, B, H, W, C] with two axes kept [T, B, H·W·C]; nothing is copied.</summary>
/// <remarks>
/// Channels lie innermost, other than in PyTorch's Flatten after a convolution: the columns of a PyTorch layer behind it have another order (C, H, W).
/// </remarks>
public sealed class Flatten : Layer
{
    /// <summary>Has no parameters.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="keptAxes">Axes in front that stay: 1 for a batch, 2 for sequences [T, B, …].</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one axis is kept.</exception>
    public Flatten(Device device, int keptAxes = 1)
        : base(device)
    {
        ArgumentCheck.AtLeast(keptAxes, 1, nameof(Flatten), nameof(keptAxes), "1 for a batch, 2 for sequences");
        KeptAxes = keptAxes;
    }

    /// <summary>Axes in front that stay.</summary>
    public int KeptAxes { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <inheritdoc/>
    public override bool KeepsTime => KeptAxes >= 2;

    /// <summary>Names the axes anew.</summary>
    /// <exception cref="ShapeException">The input has fewer axes than are kept.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ShapeCheck.RequireRank(input, KeptAxes, $"of {KeptAxes} axes or more", "Flatten.Forward");
        int width = 1;
        foreach (int axis in input.Shape[KeptAxes..])
        {
            width *= axis;
        }

        return Reshape.Forward(tape, input, [.. input.Shape[..KeptAxes], width]);
    }
}
