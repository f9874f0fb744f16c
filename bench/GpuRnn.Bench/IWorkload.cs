namespace GpuRnn.Bench;

/// <summary>A parameter of a benchmark that knows how much arithmetic its methods do.</summary>
public interface IWorkload
{
    /// <summary>Operations in the matrix products of one call; a multiply-add counts as two.</summary>
    /// <param name="method">The benchmark method's name.</param>
    double Operations(string method);
}
