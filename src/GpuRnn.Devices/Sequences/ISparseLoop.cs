namespace GpuRnn.Devices.Sequences;

/// <summary>A prepared <see cref="SparseLoopRequest"/>; one run at a time.</summary>
public interface ISparseLoop : IDisposable
{
    /// <summary>Runs all steps of a batch, in single precision.</summary>
    /// <param name="drive">d, [T, B, width]; finite also beyond a sequence's length.</param>
    /// <param name="timeSteps">T.</param>
    /// <param name="lengths">Steps of each of the B sequences, 0 to T.</param>
    /// <param name="state">[B, H]: where to start; receives where the sequences ended.</param>
    /// <param name="states">Receives x, [T, B, H]; what stands beyond a sequence's length has no meaning.</param>
    void Run(ReadOnlySpan<double> drive, int timeSteps, ReadOnlySpan<int> lengths, Span<double> state, Span<double> states);
}
