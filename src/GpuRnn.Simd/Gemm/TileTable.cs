using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Gemm;

/// <summary>The tile kernels of one lane type by rows and registers of columns; each is compiled when first called.</summary>
internal static unsafe class TileTable<TLane>
    where TLane : struct, IVectorLane<TLane>
{
    /// <summary>The widest tile in registers of columns.</summary>
    public static readonly int MaxColumns = RegisterCount >= 32 ? 4 : 3;

    private static readonly nint[] s_kernels = CreateKernels<TileCounts.None>();
    private static readonly nint[] s_kernelsAhead = CreateKernels<TileCounts.One>();

    private static int RegisterCount => TLane.Count == 16 || System.Runtime.Intrinsics.X86.Avx512F.VL.IsSupported
        || System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported ? 32 : 16;

    /// <summary>The most rows that leave every accumulator, the column registers and one broadcast in registers.</summary>
    public static int MaxRows(int columns) => Math.Min(8, (RegisterCount - columns - 1) / columns);

    /// <summary>Runs <see cref="TileKernel.Run"/> for a tile of the given shape; asks for lines from <paramref name="ahead"/> on, one a step, unless it is null.</summary>
    public static void Run(
        int rows, int columns, float* panel, nint k, float* a, nint rowStride, nint stepStride, float* start, float* c, nint cStride, float* ahead)
    {
        nint kernel = (ahead == null ? s_kernels : s_kernelsAhead)[((rows - 1) * 4) + columns - 1];
        ((delegate*<float*, nint, float*, nint, nint, float*, float*, nint, float*, void>)kernel)(panel, k, a, rowStride, stepStride, start, c, cStride, ahead);
    }

    private static nint[] CreateKernels<TAhead>()
        where TAhead : struct, ITileCount =>
    [
        .. CreateKernels<TileCounts.One, TAhead>(),
        .. CreateKernels<TileCounts.Two, TAhead>(),
        .. CreateKernels<TileCounts.Three, TAhead>(),
        .. CreateKernels<TileCounts.Four, TAhead>(),
        .. CreateKernels<TileCounts.Five, TAhead>(),
        .. CreateKernels<TileCounts.Six, TAhead>(),
        .. CreateKernels<TileCounts.Seven, TAhead>(),
        .. CreateKernels<TileCounts.Eight, TAhead>(),
    ];

    private static nint[] CreateKernels<TRows, TAhead>()
        where TRows : struct, ITileCount
        where TAhead : struct, ITileCount =>
    [
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, float*, void>)&TileKernel.Run<TLane, TRows, TileCounts.One, TAhead>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, float*, void>)&TileKernel.Run<TLane, TRows, TileCounts.Two, TAhead>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, float*, void>)&TileKernel.Run<TLane, TRows, TileCounts.Three, TAhead>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, float*, void>)&TileKernel.Run<TLane, TRows, TileCounts.Four, TAhead>,
    ];
}
