namespace GpuRnn.Reservoirs;

/// <summary>A readout's equations have no unique solution in double precision: its features depend on each other.</summary>
public sealed class NotPositiveDefiniteException : ArithmeticException
{
    /// <summary>Reports the pivot at which the factorisation ended.</summary>
    /// <param name="message">The whole text: where, the pivot, what was needed, what to do.</param>
    /// <param name="pivotIndex">The feature whose pivot vanished, from 0.</param>
    public NotPositiveDefiniteException(string message, int pivotIndex)
        : base(message)
    {
        PivotIndex = pivotIndex;
    }

    /// <summary>The first feature that those before it determine.</summary>
    public int PivotIndex { get; }
}
