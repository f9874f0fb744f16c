namespace GpuRnn.Bench;

/// <summary>A matrix product C [M, N] = op(A) [M, K] · op(B) [K, N] with the part that it has in a recurrent layer.</summary>
/// <param name="Use">What a layer needs it for.</param>
/// <param name="M">Rows of C.</param>
/// <param name="N">Columns of C.</param>
/// <param name="K">Summation length.</param>
/// <param name="TransposeA">A is stored [K, M].</param>
/// <param name="TransposeB">B is stored [N, K].</param>
public sealed record ProductShape(string Use, int M, int N, int K, bool TransposeA, bool TransposeB) : IWorkload
{
    /// <inheritdoc/>
    public double Operations(string method) => 2.0 * M * N * K;

    /// <inheritdoc/>
    public override string ToString() => $"{Use} {M}x{N}x{K}";
}
