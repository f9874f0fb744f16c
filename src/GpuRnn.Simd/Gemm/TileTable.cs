using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Gemm;

/// <summary>The tile kernels of one lane type by rows and registers of columns; each is compiled when first called.</summary>
internal static unsafe class TileTable<TLane>
    where TLane : struct, IVectorLane<TLane>
{
    /// <summary>The widest tile in registers of columns.</summary>
    public static readonly int MaxColumns = RegisterCount >= 32 ? 4 : 3;

    private static readonly nint[] s_kernels = CreateKernels();

    private static int RegisterCount => TLane.Count == 16 || System.Runtime.Intrinsics.X86.Avx512F.VL.IsSupported
        || System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported ? 32 : 16;

    /// <summary>The most rows that leave every accumulator, the column registers and one broadcast in registers.</summary>
    public static int MaxRows(int columns) => Math.Min(8, (RegisterCount - columns - 1) / columns);

    /// <summary>Runs <see cref="TileKernel.Run"/> for a tile of the given shape.</summary>
    public static void Run(
        int rows, int columns, float* panel, nint k, float* a, nint rowStride, nint stepStride, float* start, float* c, nint cStride) =>
        ((delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)s_kernels[((rows - 1) * 4) + columns - 1])(
            panel, k, a, rowStride, stepStride, start, c, cStride);

    private static nint[] CreateKernels() =>
    [
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.One, TileCounts.One>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.One, TileCounts.Two>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.One, TileCounts.Three>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.One, TileCounts.Four>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Two, TileCounts.One>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Two, TileCounts.Two>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Two, TileCounts.Three>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Two, TileCounts.Four>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Three, TileCounts.One>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Three, TileCounts.Two>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Three, TileCounts.Three>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Three, TileCounts.Four>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Four, TileCounts.One>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Four, TileCounts.Two>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Four, TileCounts.Three>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Four, TileCounts.Four>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Five, TileCounts.One>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Five, TileCounts.Two>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Five, TileCounts.Three>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Five, TileCounts.Four>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Six, TileCounts.One>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Six, TileCounts.Two>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Six, TileCounts.Three>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Six, TileCounts.Four>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Seven, TileCounts.One>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Seven, TileCounts.Two>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Seven, TileCounts.Three>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Seven, TileCounts.Four>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Eight, TileCounts.One>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Eight, TileCounts.Two>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Eight, TileCounts.Three>,
        (nint)(delegate*<float*, nint, float*, nint, nint, float*, float*, nint, void>)&TileKernel.Run<TLane, TileCounts.Eight, TileCounts.Four>,
    ];
}
