namespace GpuRnn.Conformance.Kernels;

/// <summary>One matrix product with its layout.</summary>
internal sealed record Product(int M, int N, int K, bool TransposeA, bool TransposeB, int Accumulate, int HasBias)
{
    public int ARow => TransposeA ? 1 : K;

    public int AColumn => TransposeA ? M : 1;

    public int BRow => TransposeB ? 1 : N;

    public int BColumn => TransposeB ? K : 1;

    public int CRow => N + 1;

    public override string ToString() =>
        $"M={M} N={N} K={K}{(TransposeA ? " At" : "")}{(TransposeB ? " Bt" : "")}{(Accumulate == 1 ? " +C" : "")}{(HasBias == 1 ? " +bias" : "")}";
}
