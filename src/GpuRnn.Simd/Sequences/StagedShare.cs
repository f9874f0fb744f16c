namespace GpuRnn.Simd.Sequences;

/// <summary>What a worker owns of a step between products and the next meeting: whole rows, or units of all rows.</summary>
/// <param name="FirstRow">Its first row.</param>
/// <param name="EndRow">Behind its last row.</param>
/// <param name="FirstUnit">Its first unit.</param>
/// <param name="EndUnit">Behind its last unit.</param>
internal readonly record struct StagedShare(int FirstRow, int EndRow, int FirstUnit, int EndUnit);
