namespace GpuRnn.Simd.Sequences;

/// <summary>What each thread of a persistent CPU loop owns.</summary>
public enum LoopSplit
{
    /// <summary>One thread does everything.</summary>
    Single,

    /// <summary>Threads own batch rows and never meet.</summary>
    BatchRows,

    /// <summary>Threads own hidden units and meet at a spin barrier after each part of a step.</summary>
    HiddenUnits,
}
