namespace GpuRnn.Data;

/// <summary>What the classes or values of an example belong to.</summary>
public enum PredictionForm
{
    /// <summary>One class, or one vector of values, for the whole sequence.</summary>
    Sequence,

    /// <summary>One class, or one vector of values, for every step.</summary>
    Step,
}
