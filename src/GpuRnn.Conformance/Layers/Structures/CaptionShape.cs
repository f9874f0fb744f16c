using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>The sizes of a <see cref="CaptionModel"/>.</summary>
/// <param name="Steps">Which words are there.</param>
internal sealed record CaptionShape(StepPattern Steps)
{
    public const int Filters = 2;
    public const int VectorSize = 3;
    public const int WordSize = 2;
    public const int HiddenSize = 3;
    public const int VocabularySize = 4;

    /// <summary>The convolution over one picture, [4, 4, 1].</summary>
    public WindowShape Image { get; } = new(1, 4, 4, 1, new SlidingWindow(3, 1, 1), new SlidingWindow(3));

    /// <summary>The pooling of what the convolution gives.</summary>
    public WindowShape Maps => new(1, Image.ResultRows, Image.ResultColumns, Filters, SlidingWindow.SideBySide(2), SlidingWindow.SideBySide(2));

    /// <summary>Numbers that pooling leaves of a picture.</summary>
    public int PooledSize => Maps.Windows * Filters;
}
