using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Sequences;

/// <summary>C [M, N] = op(A) [M, K] · op(B) [K, N] (+ C) (+ bias on every row), all row-major.</summary>
public readonly struct MatrixProduct
{
    /// <summary>A: [M, K], or [K, M] when transposed.</summary>
    public required RowsView A { get; init; }

    /// <summary>True when A is stored [K, M].</summary>
    public bool TransposeA { get; init; }

    /// <summary>B: [K, N], or [N, K] when transposed (PyTorch's weight layout).</summary>
    public required RowsView B { get; init; }

    /// <summary>True when B is stored [N, K].</summary>
    public bool TransposeB { get; init; }

    /// <summary>C: [M, N]; must not overlap A or B.</summary>
    public required RowsView C { get; init; }

    /// <summary>[N], added to every row; an empty view for none.</summary>
    public ArrayView<float> Bias { get; init; }

    /// <summary>True to add to what C holds, false to overwrite it (even NaN).</summary>
    public bool Accumulate { get; init; }

    /// <summary>How far A and B may be rounded on the way into the product; sums are single precision.</summary>
    /// <remarks>A permission: an executor that keeps more bits is right as well.</remarks>
    public ProductPrecision Precision { get; init; }

    /// <summary>With <see cref="ZeroGroups"/>, how many neighbouring steps of the sum belong together; 0 where nothing is known of A.</summary>
    public int GroupSize { get; init; }

    /// <summary>Of every 1 + <see cref="ZeroGroups"/> groups of steps, all but the first are zero in A, so B may be left unread there.</summary>
    /// <remarks>A permission: an executor that multiplies by the zeros is right as well.</remarks>
    public int ZeroGroups { get; init; }

    /// <summary>Rows of C.</summary>
    public required int M { get; init; }

    /// <summary>Columns of C.</summary>
    public required int N { get; init; }

    /// <summary>Summation length; zero leaves only bias (and C).</summary>
    public required int K { get; init; }
}
