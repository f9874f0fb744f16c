namespace GpuRnn.Conformance.Kernels;

/// <summary>Every kernel, at no element, one, around the sizes of groups, tiles and blocks, at primes, and large.</summary>
internal static class KernelCases
{
    /// <summary>Lengths for kernels with one thread an element: groups have 16, 64 or 256 work-items.</summary>
    public static IReadOnlyList<int> Lengths { get; } = [0, 1, 15, 16, 17, 63, 64, 65, 255, 257, 997, 20_011];

    /// <summary>Rows and columns for kernels over rows.</summary>
    public static IReadOnlyList<(int Rows, int Width)> Shapes { get; } = [(0, 3), (1, 1), (3, 7), (1, 257), (131, 1), (16, 16), (15, 17), (67, 129)];

    /// <summary>All of them.</summary>
    /// <param name="isFull">True for every combination of options.</param>
    public static IEnumerable<KernelCase> All(bool isFull) =>
    [
        .. ElementwiseKernelCases.All(),
        .. RowKernelCases.All(),
        .. NormaliseKernelCases.All(),
        .. WindowKernelCases.All(),
        .. ReductionKernelCases.All(),
        .. AttentionKernelCases.All(),
        .. LossKernelCases.All(),
        .. CtcKernelCases.All(),
        .. OptimizerKernelCases.All(),
        .. ProductKernelCases.All(isFull),
        .. TensorProductKernelCases.All(isFull),
        .. PanelKernelCases.All(),
        .. StepNodeKernelCases.All(),
        .. FusedStepKernelCases.All(),
        .. FusedNodeKernelCases.All(),
        .. UnitLoopKernelCases.All(),
        .. BlockKernelCases.All(),
    ];
}
