namespace GpuRnn.Layers;

/// <summary>What becomes of the two directions of a bidirectional layer.</summary>
public enum MergeKind
{
    /// <summary>Both side by side, the forward one first: 2 H elements.</summary>
    Concat,

    /// <summary>Their sum: H elements.</summary>
    Sum,

    /// <summary>Half their sum: H elements.</summary>
    Mean,

    /// <summary>Their product, element by element: H elements.</summary>
    Product,
}
