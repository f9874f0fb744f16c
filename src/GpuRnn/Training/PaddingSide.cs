namespace GpuRnn.Training;

/// <summary>Where sequences that are shorter than the longest of their batch are filled up.</summary>
public enum PaddingSide
{
    /// <summary>Behind their end: all begin at step 0.</summary>
    Right,

    /// <summary>In front of their beginning: all end at step T − 1.</summary>
    Left,
}
